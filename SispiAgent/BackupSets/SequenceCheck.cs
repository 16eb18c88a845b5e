using System.Globalization;

namespace SispiAgent.BackupSets;

/// <summary>Whether each sequence of a set is past the column that it feeds. Pure. If not, it was so on the server already: somebody inserted numbers by hand.</summary>
internal static class SequenceCheck
{
    /// <summary>Judges it.</summary>
    /// <param name="owned">The sequences that feed columns.</param>
    /// <param name="values">The values that the set holds.</param>
    /// <returns>What to warn of, a sentence each. None of it makes the set bad.</returns>
    public static IReadOnlyList<string> Judge(IReadOnlyList<OwnedSequence> owned, IReadOnlyList<SetSequence> values)
    {
        var held = values.ToDictionary(value => (value.Schema, value.Name));
        return [.. owned.Select(sequence => held.TryGetValue((sequence.Schema, sequence.Name), out var value) ? Judge(sequence, value) : null).OfType<string>()];
    }

    private static string? Judge(OwnedSequence sequence, SetSequence value)
    {
        if (sequence.Furthest is not { } furthest || sequence.IsCyclic)
            return null;
        var ahead = sequence.Increment > 0 ? (decimal)value.Value - furthest : (decimal)furthest - value.Value;
        if (value.IsCalled ? ahead >= 0 : ahead > 0) // a value that was not handed out yet is the next one
            return null;
        return string.Create(CultureInfo.InvariantCulture, $"Sequence {SqlName.Show(sequence.Schema, sequence.Name)} stands at {value.Value}, and {sequence.Column} has {furthest} already: on the server too the next inserts can repeat numbers. If that is not meant: SELECT setval(...).");
    }
}
