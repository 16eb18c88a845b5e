using System.Net;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace SispiAgent.Postgres;

/// <summary>One line of <c>pg_hba.conf</c> (manual, "The pg_hba.conf File").</summary>
/// <param name="File">The file that it stands in: an included one, perhaps.</param>
/// <param name="Line">The line's number there.</param>
/// <param name="Type"><c>local</c>, <c>host</c>, <c>hostssl</c>, …</param>
/// <param name="Databases">The databases, <c>all</c> or <c>replication</c> among them; lists of <c>@file</c> already read.</param>
/// <param name="Users">The users.</param>
/// <param name="Address">The address as written; empty for <c>local</c>.</param>
/// <param name="Mask">The mask, where it stands in a column of its own; else empty.</param>
/// <param name="Method">The authentication method.</param>
/// <param name="Options">What follows, as <c>name=value</c>.</param>
internal sealed partial record AccessRule(
    string File, int Line, string Type, IReadOnlyList<AccessName> Databases, IReadOnlyList<AccessName> Users, string Address, string Mask, string Method, IReadOnlyList<string> Options)
{
    /// <summary>Whether it is about TCP.</summary>
    [JsonIgnore]
    public bool IsHost => Type != "local";

    /// <summary>Whether it lets in whom it matches, if they prove who they are.</summary>
    [JsonIgnore]
    public bool LetsIn => Method != "reject";

    /// <summary>The network that the address means; <see langword="null"/> for a keyword or a name. The keyword <c>all</c> is both families and so no network.</summary>
    [JsonIgnore]
    public IPNetwork? Network => AccessAddress.Network(Address, Mask);

    /// <summary>The line as one would write it, without what is secret in it.</summary>
    [JsonIgnore]
    public string Text => string.Join(' ', ((string[])[Type, string.Join(',', Databases), string.Join(',', Users), Address, Mask, Method, .. Options]).Where(part => part.Length > 0));

    /// <summary>The same without secrets, to be sent and shown.</summary>
    public AccessRule WithoutSecrets() => this with { Options = [.. Options.Select(Masked)] };

    /// <summary>A line that need not be right, without secrets: where one ends can't be known there, so what follows it is not shown either.</summary>
    public static string Masked(string text) => Secret().Replace(text, "$1=(not shown)");

    /// <summary>Options that hold a password.</summary>
    [GeneratedRegex("(ldapbindpasswd|radiussecrets?).*$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Secret();
}
