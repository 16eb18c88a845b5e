using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using SispiAgent.Backup;
using SispiAgent.BackupSets;
using SispiAgent.Findings;

namespace SispiAgent.Cli;

/// <summary><c>backup plan</c>: which files a backup would make now, of which tables, and why.</summary>
internal static class BackupPlanListing
{
    private const int MostNamed = 6;

    /// <summary>Prints it.</summary>
    public static async Task<int> PlanAsync(IHost services, ParseResult parsed, CancellationToken cancellationToken)
    {
        var planned = await services.Get<BackupPreview>().ReadAsync(cancellationToken);
        if (parsed.GetValue<bool>("--json"))
        {
            BackupListing.Print(new
            {
                Schema = 1,
                Databases = planned.Select(database => new
                {
                    database.Database.Name,
                    Units = database.Units.Select(unit => new { unit.Name, unit.Kind, unit.File, unit.Bytes, unit.Why, Tables = unit.Relations.Select(relation => new { relation.Schema, relation.Name, relation.Bytes }) }),
                    database.Remarks,
                }),
            });
            return ExitCode.Done;
        }

        foreach (var database in planned)
        {
            Console.WriteLine($"{SqlName.Show(database.Database.Name)}: {(database.Units.Count == 1 ? "one file" : $"{database.Units.Count} files")}");
            foreach (var unit in database.Units)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {ByteSize.Words(unit.Bytes),9}  {unit.Name}{(unit.Kind is UnitKind.Definitions ? "" : unit.Relations.Count == 1 ? ", 1 table" : $", {unit.Relations.Count} tables")}: {unit.Why}"));
                if (unit.Relations.Count > 1)
                    Console.WriteLine($"             {Named(unit)}");
            }

            foreach (var remark in database.Remarks)
                Console.WriteLine($"  ! {remark}");
            Console.WriteLine();
        }

        return ExitCode.Done;
    }

    private static string Named(PlannedUnit unit) => string.Join(", ", unit.Relations.OrderByDescending(relation => relation.Bytes).Take(MostNamed).Select(relation => relation.Shown)) + (unit.Relations.Count > MostNamed ? $" and {unit.Relations.Count - MostNamed} more" : "");
}
