using SispiAgent.Alerts;
using SispiAgent.BackupSets;
using SispiAgent.Conformance;
using SispiAgent.History;
using SispiAgent.Readiness;
using SispiAgent.Room;

namespace SispiAgent.Hosting;

/// <summary>The tables of <c>agent.db</c>: each folder owns its own, here is their order. Lines are only ever added at the end.</summary>
internal static class AgentSchema
{
    /// <summary>One statement group a version.</summary>
    public static IReadOnlyList<string> Migrations { get; } =
    [
        StatusBoard.Migration,
        AlertBook.Migration,
        Outbox.Migration,
        SetMarks.Migration,
        Outbox.RecipientsMigration,
        Measurements.Migration,
        DeletionBook.Migration,
        DriftBook.Migration,
        ClientBook.Migration,
        DrillBook.Migration,
        LogBook.Migration,
        DriftBook.KindMigration,
    ];
}
