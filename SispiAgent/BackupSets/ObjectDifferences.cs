namespace SispiAgent.BackupSets;

/// <summary>How a database's objects differ from those of a set. Pure.</summary>
/// <param name="Problems">What is missing, too many or other than it was, one object a line.</param>
/// <param name="Remarks">What only the server's own wording changed of.</param>
internal sealed record ObjectDifferences(IReadOnlyList<string> Problems, IReadOnlyList<string> Remarks)
{
    /// <summary>Compares.</summary>
    /// <param name="expected">The objects of the set.</param>
    /// <param name="found">The objects that are there.</param>
    public static ObjectDifferences Compare(IEnumerable<CatalogObject> expected, IEnumerable<CatalogObject> found)
    {
        var there = new Dictionary<(string, string), CatalogObject>();
        foreach (var item in found)
            there[(item.Kind, item.Identity)] = item;
        List<string> problems = [], remarks = [];
        foreach (var item in expected)
        {
            if (!there.Remove((item.Kind, item.Identity), out var other))
                problems.Add($"{Name(item)} is missing");
            else if (other.Facts != item.Facts)
                problems.Add($"{Name(item)}: not as in the set");
            else if (other.Text != item.Text)
                remarks.Add($"{Name(item)}: the server writes its definition in other words than it did");
        }

        problems.AddRange(there.Values.OrderBy(item => item.Kind, StringComparer.Ordinal).ThenBy(item => item.Identity, StringComparer.Ordinal).Select(item => $"{Name(item)} is not in the set"));
        return new(problems, remarks);
    }

    private static string Name(CatalogObject item) => $"{item.Kind} {item.Identity.ReplaceLineEndings(" ")}";
}
