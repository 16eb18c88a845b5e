using System.Reflection;
using System.Runtime.CompilerServices;

namespace SispiAgent.Tests.Conventions;

/// <summary>How things are called, and how types are shaped.</summary>
internal static class Names
{
    private static readonly string[] EmptySuffixes =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Service", "Processor", "Handler", "Data", "Info", "Base", "Impl"];

    /// <summary>Words that the field has better ones for. Quartz's IJob is exempt, as its implementations are.</summary>
    private static readonly string[] RefusedWords = ["Master", "Slave", "Leader", "Replica", "Archive"];

    /// <summary>PostgreSQL's own words for its own states stay as they are.</summary>
    private static readonly string[] PostgresWords = ["InArchiveRecovery"];

    /// <summary>What breaks the rules among some types, one line each.</summary>
    public static IReadOnlyList<string> Violations(IReadOnlyCollection<Type> types)
    {
        Type[] ours = [.. types.Where(type => !IsGenerated(type))];
        return [.. ours.SelectMany(type => Problems(type, ours).Select(problem => $"{type.FullName}: {problem}")).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Problems(Type type, Type[] all)
    {
        foreach (var suffix in EmptySuffixes.Where(suffix => type.Name.EndsWith(suffix, StringComparison.Ordinal)))
            yield return $"the suffix {suffix} says nothing";
        foreach (var word in RefusedWords.Where(word => WordsOf(type.Name).Contains(word) || Members(type).Any(member => WordsOf(member.Name).Contains(word))))
            yield return $"the word {word} is not the field's";
        if (WordsOf(type.Name).Contains("Job") && !typeof(Quartz.IJob).IsAssignableFrom(type))
            yield return "the word Job is Quartz's";
        if (type.IsInterface && all.Count(other => other.IsClass && !other.IsAbstract && type.IsAssignableFrom(other)) < 2)
            yield return "an interface with fewer than two implementations";
        if (type is { IsClass: true, IsSealed: false, IsAbstract: false } && !all.Any(other => other.BaseType == type))
            yield return "a class that nothing derives from is sealed";
        if (type.IsPublic)
            yield return "nothing is public: this is a program, not a library";

        foreach (var method in Methods(type))
        {
            var isAsync = typeof(Task).IsAssignableFrom(method.ReturnType) || method.ReturnType == typeof(ValueTask);
            if (isAsync && !method.Name.EndsWith("Async", StringComparison.Ordinal))
                yield return $"{method.Name} is asynchronous and does not end in Async";
            var token = Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
            if (token >= 0 && method.GetParameters()[token].Name != "cancellationToken")
                yield return $"{method.Name}: the token is called cancellationToken";
            if (token >= 0 && method.GetParameters()[(token + 1)..].Any(parameter => !parameter.IsOptional && parameter.GetCustomAttribute<ParamArrayAttribute>() is null))
                yield return $"{method.Name}: the token comes last";
        }
    }

    /// <summary>Methods that we named: not overrides, not implementations of others' interfaces, not what the compiler makes.</summary>
    private static IEnumerable<MethodInfo> Methods(Type type)
    {
        var foreign = type.IsInterface ? [] : type.GetInterfaces()
            .Where(implemented => implemented.Assembly != type.Assembly)
            .SelectMany(implemented => type.GetInterfaceMap(implemented).TargetMethods).ToHashSet();
        return type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(method => !method.Name.Contains('<', StringComparison.Ordinal) && !method.IsSpecialName && method.GetBaseDefinition().DeclaringType == type && !foreign.Contains(method));
    }

    private static IEnumerable<MemberInfo> Members(Type type) =>
        type.GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(member => !member.Name.Contains('<', StringComparison.Ordinal) && member is MethodInfo or PropertyInfo or FieldInfo && !PostgresWords.Contains(member.Name));

    private static List<string> WordsOf(string name)
    {
        List<string> words = [];
        var start = 0;
        for (var i = 1; i <= name.Length; i++)
        {
            if (i < name.Length && !char.IsUpper(name[i]))
                continue;
            words.Add(name[start..i]);
            start = i;
        }

        return words;
    }

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal) || type.GetCustomAttribute<CompilerGeneratedAttribute>() is not null
        || type.Namespace is null || !type.Namespace.StartsWith("SispiAgent", StringComparison.Ordinal)
        || (type.DeclaringType is { } outer && IsGenerated(outer));
}
