namespace SispiAgent.Postgres;

/// <summary>A line that the server does not take. One such line, and it keeps the rules that it had; at a start it does not start.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line's number.</param>
/// <param name="Text">The line, without secrets.</param>
/// <param name="Why">What is wrong with it.</param>
internal sealed record AccessProblem(string File, int Line, string Text, string Why);

/// <summary>What <c>pg_hba.conf</c>, the files that it includes and the lists that it names say: the file, which need not be what the server has loaded.</summary>
/// <param name="Path">The file.</param>
/// <param name="Rules">The rules, in their order, which decides.</param>
/// <param name="Problems">The lines that the server does not take.</param>
internal sealed record AccessFile(string Path, IReadOnlyList<AccessRule> Rules, IReadOnlyList<AccessProblem> Problems)
{
    private const int DeepestInclude = 10;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="version">The server's version: what a line may hold has grown.</param>
    /// <exception cref="IOException">The file itself can't be read.</exception>
    public static AccessFile Read(string path, int version)
    {
        List<AccessRule> rules = [];
        List<AccessProblem> problems = [];
        Read(path, File.ReadAllLines(path), version, rules, problems, depth: 0);
        return new(path, rules, problems);
    }

    /// <summary>Reads lines that are no file's (yet).</summary>
    public static AccessFile Parse(IReadOnlyList<string> lines, int version)
    {
        List<AccessRule> rules = [];
        List<AccessProblem> problems = [];
        Read("pg_hba.conf", lines, version, rules, problems, depth: 0);
        return new("pg_hba.conf", rules, problems);
    }

    private static void Read(string path, IReadOnlyList<string> lines, int version, List<AccessRule> rules, List<AccessProblem> problems, int depth)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var (number, line) = (i + 1, lines[i]);
            while (version >= 140000 && line.EndsWith('\\') && i + 1 < lines.Count)
                line = line[..^1] + lines[++i]; // a continued line
            var fields = AccessTokens.Fields(line);
            if (fields.Count == 0)
                continue;

            var problem = version >= 160000 && fields[0][0] is { IsQuoted: false, Text: "include" or "include_if_exists" or "include_dir" }
                ? Include(path, fields, version, rules, problems, depth)
                : AccessLine.Parse(path, number, [.. fields.Select((field, index) => index is 1 or 2 ? (IReadOnlyList<AccessName>)Expand(path, field, problems, number, line, depth: 0) : field)], version, rules);
            if (problem is not null)
                problems.Add(new(path, number, AccessRule.Masked(line.Trim()), WithoutSecrets(problem, fields)));
        }
    }

    private static string? Include(string path, IReadOnlyList<IReadOnlyList<AccessName>> fields, int version, List<AccessRule> rules, List<AccessProblem> problems, int depth)
    {
        if (fields.Count != 2 || fields[1].Count != 1)
            return "it names not one file";
        if (depth >= DeepestInclude)
            return $"it is included more than {DeepestInclude} files deep";
        var target = Beside(path, fields[1][0].Text);
        try
        {
            string[] files = fields[0][0].Text switch
            {
                "include_dir" => [.. Directory.EnumerateFiles(target, "*.conf").Where(file => !System.IO.Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)],
                "include_if_exists" when !File.Exists(target) => [],
                _ => [target],
            };
            foreach (var file in files)
                Read(file, File.ReadAllLines(file), version, rules, problems, depth + 1);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Puts the names of <c>@file</c> in its place; names in it are divided by blanks, commas and lines.</summary>
    private static List<AccessName> Expand(string path, IReadOnlyList<AccessName> field, List<AccessProblem> problems, int number, string line, int depth)
    {
        List<AccessName> names = [];
        foreach (var name in field)
        {
            if (name.IsQuoted || name.Text.Length < 2 || name.Text[0] != '@')
            {
                names.Add(name);
                continue;
            }

            var file = Beside(path, name.Text[1..]);
            try
            {
                if (depth >= DeepestInclude)
                    throw new IOException($"{file} is named more than {DeepestInclude} files deep.");
                names.AddRange(Expand(file, [.. File.ReadLines(file).SelectMany(AccessTokens.Fields).SelectMany(names => names)], problems, number, line, depth + 1));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add(new(path, number, AccessRule.Masked(line.Trim()), AccessRule.Masked(e.Message)));
            }
        }

        return names;
    }

    /// <summary>What is wrong with a line names its fields: one of those may be a password that stands where it does not belong.</summary>
    private static string WithoutSecrets(string problem, IReadOnlyList<IReadOnlyList<AccessName>> fields) =>
        fields.SelectMany(field => field).Where(name => AccessRule.Masked(name.Text) != name.Text).Aggregate(problem, (words, name) => words.Replace(name.Text, AccessRule.Masked(name.Text), StringComparison.Ordinal));

    private static string Beside(string path, string name) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, name);
}
