namespace SispiAgent.Tests.Conventions.Planted.Alerts;

/// <summary>Planted: what a probe must not know.</summary>
internal sealed class Desk;
