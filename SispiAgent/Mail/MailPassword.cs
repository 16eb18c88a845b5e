using SispiAgent.Platform;

namespace SispiAgent.Mail;

/// <summary>Where the password for the mail server comes from: a file, a systemd credential, or the environment.</summary>
internal static class MailPassword
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "SISPI_MAIL_PASSWORD";

    /// <summary>The password.</summary>
    /// <exception cref="AgentException">There is none, or it can't be read safely.</exception>
    public static string Read(MailOptions options)
    {
        if (options.PasswordFile.Length > 0)
            return SecretFile.Read(options.PasswordFile, "Mail:PasswordFile");

        // systemd.exec(5), LoadCredential=: a folder only the service can read
        if (Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder && File.Exists(Path.Combine(folder, "mail-password")))
            return File.ReadAllText(Path.Combine(folder, "mail-password")).TrimEnd('\r', '\n');
        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? given
            : throw new AgentException("Mail:User is set and there is no password for it.", $"Set Mail:PasswordFile to a file of mode 0600, or give the systemd credential mail-password, or {Variable}.");
    }
}
