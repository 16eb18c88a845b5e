using System.Globalization;
using System.Net;

namespace SispiAgent.Postgres;

/// <summary>Addresses as <c>pg_hba.conf</c> writes them. Pure.</summary>
internal static class AccessAddress
{
    /// <summary>The network of an address with <c>/length</c> or with its mask; <see langword="null"/> for everything else.</summary>
    public static IPNetwork? Network(string address, string mask)
    {
        var parts = address.Split('/');
        if (!IPAddress.TryParse(parts[0], out var given) || Length(parts, mask, given) is not { } bits)
            return null;

        // PostgreSQL takes 139.229.14.7/25 for the network it lies in; .NET demands the network's own address
        var bytes = given.GetAddressBytes();
        if (bits < 0 || bits > bytes.Length * 8)
            return null;
        for (var bit = bits; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), bits);
    }

    /// <summary>What is wrong with an address; <see langword="null"/> if the server takes it.</summary>
    public static string? Problem(string address, string mask, int version)
    {
        if (address is "samehost" or "samenet" || Network(address, mask) is not null)
            return null;
        if (address.Contains('/', StringComparison.Ordinal) || mask.Length > 0)
            return $"\"{address}{(mask.Length > 0 ? " " + mask : "")}\" is no network";
        if (IPAddress.TryParse(address, out _))
            return $"\"{address}\" has neither a length nor a mask; write {address}/{(address.Contains(':', StringComparison.Ordinal) ? 128 : 32)}";
        // "all" and names came with 9.1 (release notes)
        return version < 90100 ? $"\"{address}\" is no address, and names are known from 9.1 on only" : null;
    }

    /// <summary>Whether one network lies within another.</summary>
    public static bool Contains(IPNetwork outer, IPNetwork inner) =>
        outer.BaseAddress.AddressFamily == inner.BaseAddress.AddressFamily && outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress);

    private static int? Length(string[] parts, string mask, IPAddress given)
    {
        if (parts.Length == 2)
            return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bits) ? bits : null;
        if (!IPAddress.TryParse(mask, out var masked) || masked.AddressFamily != given.AddressFamily)
            return null;
        var bytes = masked.GetAddressBytes();
        var ones = bytes.Sum(part => int.PopCount(part));
        // a mask with holes is none that a network could have
        return Enumerable.Range(0, bytes.Length * 8).All(bit => ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) == (bit < ones)) ? ones : null;
    }
}
