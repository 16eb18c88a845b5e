using SispiAgent.Cli;

return await CommandLine.InvokeAsync(args);
