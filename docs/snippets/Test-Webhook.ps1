function Test-Webhook([hashtable]$Headers, [string]$Body, [string]$Secret) {
    $id = $Headers['webhook-id']; $timestamp = $Headers['webhook-timestamp']; $signatures = $Headers['webhook-signature']
    if (-not $id -or -not $signatures -or $timestamp -notmatch '^\d{1,12}$') { return $false }
    if ([Math]::Abs([DateTimeOffset]::UtcNow.ToUnixTimeSeconds() - [long]$timestamp) -gt 300) { return $false }
    $hmac = [Security.Cryptography.HMACSHA256]::new([Convert]::FromBase64String($Secret.Replace('whsec_', '')))
    $hash = $hmac.ComputeHash([Text.Encoding]::UTF8.GetBytes("$id.$timestamp.$Body"))
    $expected = [Text.Encoding]::UTF8.GetBytes('v1,' + [Convert]::ToBase64String($hash))
    foreach ($signature in $signatures.Split(' ')) {
        $given = [Text.Encoding]::UTF8.GetBytes($signature)
        if ([Security.Cryptography.CryptographicOperations]::FixedTimeEquals($given, $expected)) { return $true }
    }
    return $false
}
