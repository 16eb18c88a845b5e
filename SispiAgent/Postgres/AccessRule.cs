using System.Net;

namespace SispiAgent.Postgres;

/// <summary>One line of <c>pg_hba.conf</c> (manual, "The pg_hba.conf File"), as far as it is about addresses.</summary>
/// <param name="Line">Its number in the file.</param>
/// <param name="Type"><c>local</c>, <c>host</c>, <c>hostssl</c>, …</param>
/// <param name="Databases">The databases, <c>all</c> or <c>replication</c> among them.</param>
/// <param name="Users">The users.</param>
/// <param name="Address">The address as written; empty for <c>local</c>.</param>
/// <param name="Network">The network it means; <see langword="null"/> where it is a host name or a keyword.</param>
/// <param name="Method">The authentication method.</param>
internal sealed record AccessRule(int Line, string Type, IReadOnlyList<string> Databases, IReadOnlyList<string> Users, string Address, IPNetwork? Network, string Method)
{
    /// <summary>Reads the rules of a file, in their order, which decides.</summary>
    public static IReadOnlyList<AccessRule> ReadAll(IEnumerable<string> lines) =>
        [.. lines.Select((text, index) => Parse(text, index + 1)).OfType<AccessRule>()];

    private static AccessRule? Parse(string text, int line)
    {
        string[] fields = [.. text.Split('#')[0].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)];
        if (fields.Length < 4)
            return null;
        string[] databases = [.. fields[1].Split(',').Select(Unquote)], users = [.. fields[2].Split(',').Select(Unquote)];
        if (fields[0] == "local")
            return new(line, fields[0], databases, users, "", null, fields[3]);

        // an address may stand alone, with /length, or with its mask in the next field
        var hasMask = fields.Length > 5 && IPAddress.TryParse(fields[4], out _);
        return fields.Length < 5 ? null : new(line, fields[0], databases, users, fields[3], NetworkOf(fields[3], hasMask ? fields[4] : null), fields[hasMask ? 5 : 4]);
    }

    private static IPNetwork? NetworkOf(string address, string? mask)
    {
        if (address == "all")
            return IPNetwork.Parse("0.0.0.0/0");
        var length = mask is null ? "" : $"/{IPAddress.Parse(mask).GetAddressBytes().Sum(part => int.PopCount(part))}";
        var parts = (address + length).Split('/');
        if (parts.Length != 2 || !IPAddress.TryParse(parts[0], out var given) || !int.TryParse(parts[1], out var bits))
            return null;

        // PostgreSQL takes 139.229.14.7/25 for the network it lies in; .NET demands the network's own address
        var bytes = given.GetAddressBytes();
        for (var bit = bits; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), bits);
    }

    private static string Unquote(string text) => text.Trim('"');
}
