//! Programs, cmdlets, services and people that the events speak of.

/// Where programs stand, as an Exchange server and its clients have them.
pub(crate) const PROGRAMS: [&str; 30] = [
    "C:\\Windows\\System32\\svchost.exe",
    "C:\\Windows\\System32\\lsass.exe",
    "C:\\Windows\\System32\\services.exe",
    "C:\\Windows\\System32\\rundll32.exe",
    "C:\\Windows\\System32\\cmd.exe",
    "C:\\Windows\\System32\\conhost.exe",
    "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
    "C:\\Windows\\System32\\taskhostw.exe",
    "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe",
    "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
    "C:\\Windows\\System32\\MsiExec.exe",
    "C:\\Windows\\System32\\dllhost.exe",
    "C:\\Windows\\System32\\spoolsv.exe",
    "C:\\Windows\\System32\\net1.exe",
    "C:\\Windows\\System32\\SearchIndexer.exe",
    "C:\\Windows\\explorer.exe",
    "C:\\Windows\\SysWOW64\\dllhost.exe",
    "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe",
    "D:\\Exchange Server\\V15\\Bin\\MSExchangeHMWorker.exe",
    "D:\\Exchange Server\\V15\\Bin\\EdgeTransport.exe",
    "D:\\Exchange Server\\V15\\Bin\\Microsoft.Exchange.Store.Worker.exe",
    "D:\\Exchange Server\\V15\\Bin\\MSExchangeDelivery.exe",
    "C:\\Program Files\\Windows Defender\\MsMpEng.exe",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
    "C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE",
    "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
    "C:\\Program Files\\VMware\\VMware Tools\\vmtoolsd.exe",
    "C:\\Program Files\\Microsoft SQL Server\\MSSQL15\\Binn\\sqlservr.exe",
];

/// None of them is, or begins with, a cmdlet that a rule of the race asks for.
pub(crate) const CMDLETS: [&str; 24] = [
    "Get-ChildItem",
    "Get-Process",
    "Get-Service",
    "Get-ADUser",
    "Get-ADComputer",
    "Get-Item",
    "Get-Mailbox",
    "Get-MailboxStatistics",
    "Get-MailboxDatabase",
    "Get-ReceiveConnector",
    "Get-ExchangeServer",
    "Get-EventLog",
    "Set-Mailbox",
    "Set-Location",
    "New-Object",
    "New-Item",
    "New-MailboxDatabase",
    "New-ManagementScope",
    "Search-ADAccount",
    "Start-Process",
    "Test-Connection",
    "Import-Module",
    "Write-Output",
    "Invoke-Command",
];

/// Services.
pub(crate) const SERVICE_NAMES: [&str; 14] = [
    "Windows Update",
    "Print Spooler",
    "Windows Defender",
    "Background Intelligent Transfer",
    "Remote Registry",
    "WinRM",
    "Network Location Awareness",
    "Software Protection",
    "Windows Modules Installer",
    "Application Experience",
    "Volume Shadow Copy",
    "Task Scheduler",
    "Microsoft Exchange Transport",
    "Microsoft Exchange Health Manager",
];

/// The first names of accounts.
pub(crate) const GIVEN: [&str; 20] = [
    "anna", "ben", "carla", "david", "elena", "felix", "grace", "hugo", "irene", "jonas", "kate",
    "luca", "maria", "nils", "olga", "paul", "rosa", "simon", "tara", "victor",
];

/// Their family names.
pub(crate) const FAMILY: [&str; 20] = [
    "adler", "becker", "costa", "dubois", "evans", "fischer", "garcia", "hansen", "ivanov",
    "jensen", "keller", "lopez", "meyer", "novak", "olsen", "petrov", "rossi", "schmidt", "turner",
    "weber",
];
