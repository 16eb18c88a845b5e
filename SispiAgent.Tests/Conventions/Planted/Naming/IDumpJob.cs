namespace SispiAgent.Tests.Conventions.Planted.Naming;

/// <summary>Planted: an interface that nobody implements, with a word that is Quartz's.</summary>
internal interface IDumpJob;
