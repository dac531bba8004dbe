using System.Security.Cryptography;
using System.Text;

public static class Webhook
{
    public static bool Verify(string? id, string? timestamp, string? signatures, string body, string secret)
    {
        if (id is null || signatures is null || !long.TryParse(timestamp, out var seconds)) return false;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (seconds < now - 300 || seconds > now + 300) return false;
        var key = Convert.FromBase64String(secret.Replace("whsec_", ""));
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"));
        var expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(hash));
        return signatures.Split(' ').Any(signature =>
            CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected));
    }
}
