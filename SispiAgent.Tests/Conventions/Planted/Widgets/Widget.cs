namespace SispiAgent.Tests.Conventions.Planted.Widgets;

/// <summary>Planted: a folder without a level.</summary>
internal sealed class Widget;
