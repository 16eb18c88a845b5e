namespace SispiAgent.Tests.Conventions.Planted.Replication;

/// <summary>Planted: a neighbour on the same level.</summary>
internal sealed class Neighbour;
