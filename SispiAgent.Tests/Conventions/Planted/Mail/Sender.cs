namespace SispiAgent.Tests.Conventions.Planted.Mail;

/// <summary>Planted: something of a high level.</summary>
internal sealed class Sender;
