using System.Text.RegularExpressions;

namespace SispiAgent.Room;

/// <summary>
/// Recognises lines by the severity's word, which stands before the first message text, behind whatever prefix there is, in the server's
/// language (PostgreSQL's own translations). Whatever else the server writes to a message (its statement, detail, hint) is no event, and a
/// statement's text may say anything; damage also by SqlState, where log_line_prefix has <c>%e</c>. Texts of English servers are taken
/// as a hint of damage: nothing but this log says it.
/// </summary>
internal static partial class LogSeverity
{
    /// <summary>What a line is about; <see langword="null"/> for most. One that begins with a tab goes on with the message before it.</summary>
    public static LogKind? Of(string line)
    {
        if (line.StartsWith('\t'))
            return null;
        var word = Word().Match(line);
        if (!word.Success || word.Groups["remark"].Success)
            return null;
        if (word.Groups["panic"].Success)
            return LogKind.Panic;
        if (DamageState().IsMatch(line[..word.Index]) || DamageText().IsMatch(line[(word.Index + word.Length)..]))
            return LogKind.Corruption;
        return word.Groups["fatal"].Success ? LogKind.Fatal : null;
    }

    private const string Panic = "PANIC|PANIK|PÁNICO|PANICO|PÂNICO|ПАНИКА|ПАНІКА|პანიკა|パニック|恐慌|比致命错误还过分的错误|손상";

    private const string Fatal = "FATAL|FATALE|FATALT|ВАЖНО|ФАТАЛЬНО|ფატალური|致命的エラー|致命错误|치명적오류|KATASTROFALNY|ÖLÜMCÜL";

    /// <summary>What stands with a message, and what is said to a client only.</summary>
    private const string Remark = "STATEMENT|DETAIL|HINT|CONTEXT|QUERY|LOCATION|BACKTRACE|NOTICE|INFO|DEBUG[1-5]?"
        + "|ANWEISUNG|TIPP|ZUSAMMENHANG|ANFRAGE|ORT|HINWEIS" // de
        + "|INSTRUCTION|DÉTAIL|ASTUCE|CONTEXTE|REQUÊTE|EMPLACEMENT|PILE D'APPEL" // fr
        + "|SENTENCIA|DETALLE|SUGERENCIA|CONTEXTO|CONSULTA|UBICACIÓN" // es
        + "|ISTRUZIONE|DETTAGLI|DETTAGLIO|SUGGERIMENTO|CONTESTO|POSIZIONE|NOTIFICA" // it
        + "|COMANDO|DETALHE|DICA" // pt
        + "|SATS|DETALJ|TIPS|KONTEXT|FRÅGA|PLATS|NOTIS" // sv
        + "|ОПЕРАТОР|ПОДРОБНОСТИ|ПОДСКАЗКА|КОНТЕКСТ|ЗАПРОС|ПОЛОЖЕНИЕ|СТЕК|ЗАМЕЧАНИЕ|ИНФОРМАЦИЯ|ОТЛАДКА" // ru
        + "|ІНСТРУКЦІЯ|ВІДОМОСТІ|УКАЗІВКА|ЗАПИТ|РОЗТАШУВАННЯ|ПОВІДОМЛЕННЯ|ІНФОРМАЦІЯ|НАЛАГОДЖЕННЯ" // uk
        + "|ოპერატორი|დეტალები|მინიშნება|კონტექსტი|მოთხოვნა|მდებარეობა|ინფორმაცია|გამართვა" // ka
        + "|文|詳細|ヒント|文脈|問い合わせ|場所|バックトレース" // ja
        + "|语句|详细信息|提示|上下文|查询|位置|注意|信息|调试" // zh
        + "|구문|상세정보|힌트|내용|쿼리|위치|역추적|알림|정보|디버그"; // ko

    private const string Other = "ERROR|WARNING|LOG|FEHLER|WARNUNG|ERREUR|ATTENTION|ADVERTENCIA|ERRORE|ATTENZIONE|ERRO|FEL|VARNING|LOGG|ОШИБКА|ПРЕДУПРЕЖДЕНИЕ|СООБЩЕНИЕ|ПОМИЛКА|ПОПЕРЕДЖЕННЯ|ЗАПИСУВАННЯ|შეცდომა|გაფრთხილება|ჟურნალი|错误|警告|日志|오류|경고|로그";

    // \s before the word or nothing: a prefix may end in anything but a letter
    [GeneratedRegex($@"(?<![\p{{L}}_])(?:(?<panic>{Panic})|(?<fatal>{Fatal})|(?<remark>{Remark})|(?:{Other}))\s?[::] ", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<![0-9A-Z])XX00[12](?![0-9A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex DamageState();

    [GeneratedRegex(@"^\s*(?:invalid page (?:in block|header)|page verification failed|could not read block [0-9]+ in file|missing chunk number|unexpected chunk number|compressed .* data is corrupt|.*contains unexpected zero page|.*right sibling's left-link doesn't match)", RegexOptions.CultureInvariant)]
    private static partial Regex DamageText();
}
