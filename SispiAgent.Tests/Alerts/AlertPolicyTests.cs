using System.Globalization;
using CsCheck;
using SispiAgent.Alerts;
using SispiAgent.Findings;

namespace SispiAgent.Tests.Alerts;

internal sealed class AlertPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero);
    private static readonly AlertsOptions Options = new();

    [TestCase("0 W", "0:-", TestName = "One sighting is a moment")]
    [TestCase("0 W,1 W", "0:-,1:Raised", TestName = "Two sightings are told")]
    [TestCase("0 W,1 .,2 W", "0:-,1:-,2:-", TestName = "Whoever was never told is not told that it is over")]
    [TestCase("0 W,1 W,2 .", "0:-,1:Raised,2:Cleared", TestName = "Whoever was told is told that it is over")]
    [TestCase("0 !W,1 .", "0:Raised,1:Cleared", TestName = "A certain sweep needs one sighting")]
    [TestCase("0 !W,1 C", "0:Raised,1:Escalated", TestName = "Worse is told at once")]
    [TestCase("0 !C,1 W,2 C", "0:Raised,1:-,2:-", TestName = "Better and back again is not told")]
    [TestCase("0 !C,1 W,61 W,62 C", "0:Raised,1:-,61:Reminder,62:Escalated", TestName = "Critical again after a reminder that called it a warning is told")]
    [TestCase("0 !C,1 Cx,2 Cx", "0:Raised,1:Changed,2:-", TestName = "Wrong in another way is told once")]
    [TestCase("0 !W,59 W,60 W,61 W,299 W,300 W,1020 W,2459 W,2460 W", "0:Raised,59:-,60:Reminder,61:-,299:-,300:Reminder,1020:Reminder,2459:-,2460:Reminder", TestName = "Reminders come after 1 h, 4 h, 12 h, then daily")]
    [TestCase("0 !W,1 Wx,2 W,5 W,6 W,7 Wx,20 Wx,21 Wx", "0:Raised,1:Changed,2:-,5:-,6:Changed,7:-,20:-,21:Changed", TestName = "One that changes to and fro is told of ever more seldom")]
    [TestCase("0 !W,1 .,2 !W,3 .,4 !W,5 .,6 !W,7 .,8 !W,9 .,18 .,19 .,20 .", "0:Raised,1:Cleared,2:Raised,3:Cleared,4:Raised,5:Cleared,6:Raised,7:-,8:-,9:-,18:-,19:Cleared,20:-", TestName = "One that comes and goes is over only after ten quiet minutes")]
    [TestCase("0 !W,1 .,2 !W,3 .,4 !W,5 .,66 .,67 !W,68 .", "0:Raised,1:Cleared,2:Raised,3:Cleared,4:Raised,5:Cleared,66:-,67:Raised,68:Cleared", TestName = "After an hour it is forgotten that it came and went")]
    [TestCase("0 !W,1 .,2 !W,3 .,4 !W,5 .,6 W,7 .,8 W,9 W,10 .,20 .", "0:Raised,1:Cleared,2:Raised,3:Cleared,4:Raised,5:Cleared,6:-,7:-,8:-,9:Raised,10:-,20:Cleared", TestName = "A single sighting between does not make it forgotten")]
    public void What_is_mailed(string sightings, string notices) => Assert.That(Play("backup.failed", sightings, "Room"), Is.EqualTo(notices));

    [Test]
    public void Liveness_reminds_at_each_hourly_look_and_never_at_a_heartbeat()
    {
        const string Looks = "0 !C,60 C,120 C,180 C";

        Assert.That(Play("liveness.server", Looks, ScheduleKeys.Heartbeat), Is.EqualTo("0:Raised,60:-,120:-,180:-"));
        Assert.That(Play("liveness.server", Looks, ScheduleKeys.Liveness), Is.EqualTo("0:Raised,60:Reminder,120:Reminder,180:Reminder"));
    }

    [Test]
    public void Every_alert_that_was_raised_is_cleared_once_and_nothing_comes_before_or_behind() =>
        Gen.Select(Gen.Int[0, 4].Select(i => new[] { ".", "W", "C", "!W", "Cx" }[i]), Gen.Int[1, 2000]).Array[1, 40].Sample(steps =>
        {
            var minute = 0;
            var sightings = string.Join(',', steps.Select(step => $"{minute += step.Item2} {step.Item1}")) + $",{minute + 1} .,{minute + 11} ."; // one that came and went is over only after a quiet while
            string[] kinds = [.. Play("a.b", sightings, "Room").Split(',').Select(entry => entry.Split(':')[1]).Where(kind => kind != "-")];

            var open = false;
            foreach (var kind in kinds)
            {
                var right = kind switch { "Raised" => !open, _ => open };
                if (!right)
                    return false;
                open = kind != "Cleared";
            }

            return !open;
        });

    [Test]
    public void Ten_hours_of_coming_and_going_are_a_few_mails()
    {
        var sightings = string.Join(',', Enumerable.Range(0, 600).Select(minute => $"{minute} {(minute % 2 == 0 ? "!C" : ".")}"));

        Assert.That(Play("liveness.server", sightings, ScheduleKeys.Heartbeat).Split(',').Count(entry => !entry.EndsWith(":-", StringComparison.Ordinal)), Is.EqualTo(7));
    }

    private static string Play(string code, string sightings, string schedule)
    {
        Alert? alert = null;
        List<string> told = [];
        foreach (var sighting in sightings.Split(','))
        {
            var (minute, what) = (sighting.Split(' ')[0], sighting.Split(' ')[1]);
            var at = Start.AddMinutes(int.Parse(minute, CultureInfo.InvariantCulture));
            Notice? notice = null;
            if (what == ".")
            {
                (alert, notice) = alert is null ? (null, null) : AlertPolicy.Gone(alert, at);
            }
            else
            {
                var finding = new Finding(new(code), "server2", what.Contains('C', StringComparison.Ordinal) ? Severity.Critical : Severity.Warning, "wrong") { State = what.EndsWith('x') ? "x" : "" };
                (alert, notice) = AlertPolicy.Seen(alert, finding, new Sweep("probe", schedule, at, [finding]) { IsCertain = what.StartsWith('!') }, Options);
            }

            told.Add($"{minute}:{notice?.Kind.ToString() ?? "-"}");
        }

        return string.Join(',', told);
    }
}
