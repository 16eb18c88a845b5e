#Requires -RunAsAdministrator
<#
.SYNOPSIS
Installs or upgrades SispiAgent as a Windows service. Running it again changes nothing that need not change.
.DESCRIPTION
Run it from a folder that "deploy/publish.sh --rid win-x64 FOLDER" made. The program goes to Program Files\SispiAgent;
configuration, state and logs are in %ProgramData%\SispiAgent. An existing configuration is kept.
Exit: 0 done, 1 failed, 2 the present configuration is not valid and nothing was changed, 22 installed, not running.
.PARAMETER Node
This host's node in Cluster:Nodes, where it is not the host's own name.
.PARAMETER NoStart
Installed, not (re)started.
#>
param([string]$Node = '', [switch]$NoStart)
$ErrorActionPreference = 'Stop'

$source = Join-Path (Split-Path $PSScriptRoot) 'app'
$program = Join-Path $env:ProgramFiles 'SispiAgent'
$state = Join-Path $env:ProgramData 'SispiAgent'
$configuration = Join-Path $state 'appsettings.json'
if (-not (Test-Path (Join-Path $source 'SispiAgent.exe'))) {
    Write-Error "There is no SispiAgent.exe in $source. Make such a folder with deploy/publish.sh --rid win-x64."
    exit 1
}

# only administrators and the service itself: state holds the ssh keys
if (-not (Test-Path $state)) {
    New-Item -ItemType Directory $state | Out-Null
    & icacls.exe $state /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
    if ($LASTEXITCODE -ne 0) { Write-Error "The rights of $state could not be set."; exit 1 }
}

$fresh = -not (Test-Path $configuration)
$candidate = Join-Path $state 'appsettings.json.candidate'
if ($fresh) {
    $text = [IO.File]::ReadAllText((Join-Path $source 'appsettings.json')).Replace('/var/log/sispi-agent/', '%ProgramData%/SispiAgent/logs/')
} else {
    $text = [IO.File]::ReadAllText($configuration)
}
if ($Node) { $text = ([regex]'"Node":\s*"[^"]*"').Replace($text, "`"Node`": `"$Node`"", 1) }
[IO.File]::WriteAllText($candidate, $text)

& (Join-Path $source 'SispiAgent.exe') config check --config $candidate
$problem = $LASTEXITCODE
if ($problem -ne 0 -and -not $fresh) {
    Remove-Item $candidate
    Write-Host "Nothing was changed: $configuration is not valid for this version (above)."
    exit 2
}
Move-Item -Force $candidate $configuration

$service = Get-Service SispiAgent -ErrorAction SilentlyContinue
if ($service -and $service.Status -ne 'Stopped') {
    Stop-Service SispiAgent
    $service.WaitForStatus('Stopped', [TimeSpan]::FromSeconds(90))
}
if (Test-Path $program) { Remove-Item -Recurse -Force $program }
Copy-Item -Recurse $source $program

$path = "`"$(Join-Path $program 'SispiAgent.exe')`" --config `"$configuration`""
if ($service) {
    & sc.exe config SispiAgent binPath= $path start= delayed-auto | Out-Null
} else {
    New-Service -Name SispiAgent -BinaryPathName $path -DisplayName 'SispiAgent' `
        -Description 'The night-shift DBA of the SISPI database' -StartupType Automatic | Out-Null
    & sc.exe config SispiAgent start= delayed-auto | Out-Null
}
if ($LASTEXITCODE -ne 0) { Write-Error 'The service could not be configured.'; exit 22 }

# started again after a failure; failureflag: an end with an exit code is one too, not only a crash
& sc.exe failure SispiAgent reset= 86400 actions= restart/10000/restart/10000/restart/60000 | Out-Null
& sc.exe failureflag SispiAgent 1 | Out-Null

$version = & (Join-Path $program 'SispiAgent.exe') --version
Write-Host "SispiAgent $version is in $program, configuration $configuration."
if ($problem -ne 0) {
    Write-Host "Installed, not started: edit $configuration, then: Start-Service SispiAgent"
    exit 22
}
if (-not $NoStart) {
    try { Start-Service SispiAgent } catch { Write-Host "It does not start: $_"; exit 22 }
    Write-Host 'It is running.'
}
