using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>Random keys and the tokens of invitations. Only hashes of tokens are stored.</summary>
/// <remarks>A token holds 256 random bits, so one round of SHA-256 without salt is enough: there is nothing to guess.</remarks>
internal static class Secret
{
    const int KeyBytes = 16, TokenBytes = 32;

    /// <summary>128 random bits: names a query to the page that holds it.</summary>
    public static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>A new token for a rater: <c>7.secret</c>; the number says whose hash it is compared with.</summary>
    public static string NewToken(int rater, out byte[] hash)
    {
        string secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        hash = Hash(secret);
        return $"{rater}.{secret}";
    }

    /// <summary>Takes a token apart; false for what is none.</summary>
    public static bool TryRead(string? token, out int rater, out byte[] hash)
    {
        (rater, hash) = (0, []);
        int dot = token?.IndexOf('.') ?? -1;
        if (token is null || token.Length > 100 || dot < 1 || !int.TryParse(token.AsSpan(0, dot), out rater))
            return false;
        hash = Hash(token[(dot + 1)..]);
        return true;
    }

    /// <summary>Whether two hashes are the same, in a time that does not tell where they differ.</summary>
    public static bool Same(byte[]? stored, byte[] given) => stored is not null && CryptographicOperations.FixedTimeEquals(stored, given);

    /// <summary>What a page of this token sends with each change; another site cannot know it.</summary>
    public static string RequestToken(string token) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), "request token"u8));

    static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
