using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SispiAgent.Mail;

/// <summary>Trusts the site's own certificate authority, and nothing more: the server's name is still checked.</summary>
internal static class InternalAuthority
{
    /// <summary>Whether a certificate comes from the authority in a PEM file and fits the server's name.</summary>
    public static bool Accepts(string authorityFile, X509Certificate2? certificate, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return false;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authorityFile);
        return chain.Build(certificate);
    }
}
