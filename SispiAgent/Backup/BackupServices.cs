using Microsoft.Extensions.DependencyInjection;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>Registers the backup.</summary>
internal static class BackupServices
{
    /// <summary>Adds the pipeline and its steps.</summary>
    public static void AddBackup(this IServiceCollection services)
    {
        services.AddSingleton<SetMarks>();
        services.AddSingleton<BackupPreview>();
        services.AddSingleton<DumpReaders>();
        services.AddSingleton<SetBuilder>();
        services.AddSingleton<SetCopies>();
        services.AddSingleton<DeletionBook>();
        services.AddSingleton<DiskCatalog>();
        services.AddSingleton<RetentionFacts>();
        services.AddSingleton<Pruning>();
        services.AddSingleton<BackupPipeline>();
        services.AddSingleton<ScheduledBackup>();
        services.AddHostedService<CopyRetries>();
    }
}
