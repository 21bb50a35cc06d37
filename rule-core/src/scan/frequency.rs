//! How frequent bytes are in logs: which part of a text is the rarest.

/// Of 65,536 bytes, how many are each of the printable characters of ASCII, from the blank
/// on; at least one. Of some hundred files of Windows events, as JSON and as XML, each file
/// with the same weight.
#[rustfmt::skip]
const SHARES: [u16; 95] = [
    4096, 1, 4096, 128, 17, 76, 23, 13, 25, 25, 9, 1, 756, 1328, 450, 1166,
    2233, 1166, 1117, 756, 1024, 825, 378, 470, 790, 470, 1272, 28, 1387, 609, 1387, 52,
    1, 225, 54, 535, 1166, 512, 189, 79, 64, 431, 4, 87, 206, 152, 558, 245,
    318, 22, 117, 825, 470, 189, 108, 123, 1, 13, 54, 5, 362, 5, 6, 103,
    1, 3298, 535, 1448, 1166, 4277, 512, 362, 362, 1798, 173, 140, 861, 1448, 1878, 1961,
    450, 13, 1961, 1878, 3298, 861, 693, 318, 332, 512, 9, 412, 1, 412, 1,
];

/// What nearly every event has some of: names and values of the events of Windows, in lower
/// case. Their bytes are rarer than they are.
pub(super) const COMMON: &str = "\
    microsoft-windows-powershell/operational microsoft-windows-sysmon security-auditing \
    eventdata eventid eventrecordid event_data providername providerguid sourcename channel \
    computer hostname timecreated systemtime @timestamp keywords execution processid threadid \
    processguid parentprocessname parentcommandline parentimage commandline image \
    originalfilename currentdirectory integritylevel targetusername targetdomainname \
    targetobject targetfilename subjectusername subjectdomainname subjectlogonid logontype \
    logonguid userid usersid destinationport destinationhostname sourceport ipaddress \
    workstation message description version opcode level category severity windows system32 \
    syswow64 program files programdata appdata temp users services svchost.exe cmd.exe \
    rundll32.exe explorer.exe ntdll.dll kernel32.dll kernelbase.dll device harddisk calltrace \
    grantedaccess accessmask objectname hashes sha256 imphash company corporation operating \
    system product signature signed true false null http .com .local administrator authority \
    scriptblocktext winlog";

/// How many of 65,536 bytes are this one.
pub(super) fn of(byte: u8) -> u64 {
    let place = usize::from(byte).checked_sub(usize::from(b' '));
    let share = place.and_then(|place| SHARES.get(place));
    share.copied().map_or(1, u64::from)
}
