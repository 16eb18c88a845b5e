using System.Text.RegularExpressions;

namespace SispiAgent.Room;

/// <summary>
/// Recognises lines by the severity's word, which stands before the first message text, behind whatever prefix there is, in the server's
/// language (PostgreSQL's own translations); damage also by SqlState, where log_line_prefix has <c>%e</c>. Texts of English servers are taken
/// as a hint of damage: nothing but this log says it.
/// </summary>
internal static partial class LogSeverity
{
    /// <summary>What a line is about; <see langword="null"/> for most.</summary>
    public static LogKind? Of(string line)
    {
        var word = Word().Match(line);
        if (!word.Success)
            return null;
        if (word.Groups["panic"].Success)
            return LogKind.Panic;
        if (DamageState().IsMatch(line[..word.Index]) || DamageText().IsMatch(line[(word.Index + word.Length)..]))
            return LogKind.Corruption;
        return word.Groups["fatal"].Success ? LogKind.Fatal : null;
    }

    // \s before the word or nothing: a prefix may end in anything but a letter
    [GeneratedRegex(@"(?<![\p{L}_])(?:(?<panic>PANIC|PANIK|PÁNICO|PANICO|PÂNICO|ПАНИКА|パニック|恐慌)|(?<fatal>FATAL|FATALE|FATALT|ВАЖНО|致命的エラー|致命错误|치명적오류|KATASTROFALNY|ÖLÜMCÜL)|(?:ERROR|WARNING|LOG|FEHLER|WARNUNG|ERREUR|ATTENTION|ADVERTENCIA|ERRORE|ERRO|ОШИБКА|ПРЕДУПРЕЖДЕНИЕ))\s?[::] ", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<![0-9A-Z])XX00[12](?![0-9A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex DamageState();

    [GeneratedRegex(@"^\s*(?:invalid page (?:in block|header)|page verification failed|could not read block [0-9]+ in file|missing chunk number|unexpected chunk number|compressed .* data is corrupt|.*contains unexpected zero page|.*right sibling's left-link doesn't match)", RegexOptions.CultureInvariant)]
    private static partial Regex DamageText();
}
