using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SispiAgent.Platform;

/// <summary>Statements on <c>agent.db</c>: values as parameters, moments as text that sorts by time.</summary>
internal static class SqliteCommands
{
    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public static int Execute(this SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a query.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="sql">The query.</param>
    /// <param name="read">Makes something of a row.</param>
    /// <param name="parameters">Its values.</param>
    public static IReadOnlyList<T> Query<T>(this SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        using var rows = command.ExecuteReader();
        List<T> found = [];
        while (rows.Read())
            found.Add(read(rows));
        return found;
    }

    /// <summary>The one value that a statement gives.</summary>
    public static T Scalar<T>(this SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return (T)command.ExecuteScalar()!;
    }

    /// <summary>A moment as it is written.</summary>
    public static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>A moment as it was written.</summary>
    public static DateTimeOffset GetMoment(this SqliteDataReader row, int column) => DateTimeOffset.Parse(row.GetString(column), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    /// <summary>A text; <see langword="null"/> where there is none.</summary>
    public static string? GetText(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
