using System.CommandLine;
using System.Text.Json;
using SispiAgent.Cluster;
using SispiAgent.Configuration;
using SispiAgent.Findings;
using SispiAgent.Hosting;
using SispiAgent.Scheduling;

namespace SispiAgent.Cli;

/// <summary><c>schedule list</c>: the next three firings of each schedule; needs neither the agent nor its user.</summary>
internal static class ScheduleVerb
{
    private const int Firings = 3;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "For scripts." };
        var list = new Command("list", "The next three firings of each schedule.") { json };
        list.SetAction(parsed =>
        {
            var snapshot = Sections.Loader.Load(ConfigurationFile.Find(parsed.GetValue(CommandLine.ConfigurationOption)).FilePath);
            var zone = TimeZoneInfo.FindSystemTimeZoneById(snapshot.Get<ClusterOptions>().TimeZone);
            var now = TimeProvider.System.GetUtcNow();
            var schedules = snapshot.Get<SchedulesOptions>().All()
                .Select(entry => (entry.Key, entry.Text, Expression: ScheduleExpression.Parse(entry.Text, zone, now)))
                .Select(entry => (entry.Key, entry.Text, entry.Expression.Interval, Next: entry.Expression.Next(now).Take(Firings).ToArray())).ToArray();
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { schema = 1, timeZone = zone.Id, schedules = schedules.Select(entry => new { entry.Key, expression = entry.Text, next = entry.Next.Select(firing => firing.ToUniversalTime()) }) }, JsonOutput.Options));
                return ExitCode.Done;
            }

            foreach (var (key, text, interval, next) in schedules)
            {
                Console.WriteLine($"{key}  ({text})");
                if (interval is { } every)
                    Console.WriteLine($"    every {Durations.Words(every)}, counted from the agent's start; had it started now:");
                foreach (var firing in next)
                    Console.WriteLine($"    {Durations.SiteTime(firing, zone, withSeconds: interval is not null)}");
            }

            return ExitCode.Done;
        });
        return new Command("schedule", "The schedules.") { list };
    }
}
