namespace SispiAgent.Conformance;

/// <summary>What went and what came between two texts, line by line, by their longest common part. Pure.</summary>
internal static class LineDiff
{
    /// <summary>The lines that differ, in their order: <c>- gone</c>, <c>+ new</c>. Empty if the texts are equal.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        // lengths[i, j]: of the longest common part of what follows line i there and line j here
        var lengths = new int[before.Count + 1, after.Count + 1];
        for (var i = before.Count - 1; i >= 0; i--)
        {
            for (var j = after.Count - 1; j >= 0; j--)
                lengths[i, j] = before[i] == after[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
        }

        List<string> diff = [];
        for (int i = 0, j = 0; i < before.Count || j < after.Count;)
        {
            if (i < before.Count && j < after.Count && before[i] == after[j])
                (i, j) = (i + 1, j + 1);
            else if (i < before.Count && (j == after.Count || lengths[i + 1, j] >= lengths[i, j + 1]))
                diff.Add($"- {before[i++]}");
            else
                diff.Add($"+ {after[j++]}");
        }

        return diff;
    }
}
