namespace SispiAgent.Postgres;

/// <summary>A process as the system lists it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Parent">Its parent's id.</param>
/// <param name="State">Its state letter: R, S, D, T (stopped), Z (ended).</param>
/// <param name="Title">Its command line, NULs as they are.</param>
internal sealed record ProcessEntry(int Id, int Parent, char State, string Title)
{
    /// <summary>Whether it is stopped by a signal or a debugger: there, and doing nothing.</summary>
    public bool IsFrozen => State is 'T' or 't';
}
