using System.Buffers.Binary;
using System.Net;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Hosting;

/// <summary>Serves the images of a run, without the texts in them: they name prompt, seed and model, which would tell raters what they
/// judge.</summary>
internal sealed class ImageFiles(string runFolder)
{
    const int MostBytes = 64 << 20, SignatureBytes = 8, ChunkFrameBytes = 12;

    readonly string root = Path.GetFullPath(runFolder) + Path.DirectorySeparatorChar;

    /// <summary>Writes an image as the answer to a request.</summary>
    /// <param name="file">From the run folder on; comes from the study, never from a request.</param>
    public async Task WriteAsync(HttpContext context, string file)
    {
        string path = Path.GetFullPath(Path.Combine(root, file));
        if (!path.StartsWith(root, StringComparison.Ordinal) || !File.Exists(path))
            throw new Refusal(HttpStatusCode.NotFound, "The image is not in the run folder.");     // its name would tell the model
        byte[] image = WithoutTexts(InputFile.ReadAllBytes(path, MostBytes));
        context.Response.Headers.CacheControl = "private, max-age=3600, immutable";
        context.Response.ContentType = "image/png";
        context.Response.ContentLength = image.Length;
        await context.Response.Body.WriteAsync(image, context.RequestAborted);
    }

    /// <summary>A PNG with the chunks that say how to draw it, and no others.</summary>
    internal static byte[] WithoutTexts(byte[] png)
    {
        if (png.Length < SignatureBytes || png[1] != 'P' || png[2] != 'N' || png[3] != 'G')
            throw new Refusal(HttpStatusCode.NotFound, "The file is not a PNG.");
        int kept = SignatureBytes;
        for (int at = SignatureBytes; at + ChunkFrameBytes <= png.Length;)
        {
            long length = ChunkFrameBytes + (long)BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (length > png.Length - at)
                break;
            if (IsDrawn(png.AsSpan(at + 4, 4)))
            {
                png.AsSpan(at, (int)length).CopyTo(png.AsSpan(kept));
                kept += (int)length;
            }
            at += (int)length;
        }
        return png[..kept];
    }

    /// <summary>Critical chunks have a capital first letter; of the others these matter for the look.</summary>
    static bool IsDrawn(ReadOnlySpan<byte> type) => type[0] is >= (byte)'A' and <= (byte)'Z'
        || type.SequenceEqual("tRNS"u8) || type.SequenceEqual("gAMA"u8) || type.SequenceEqual("sRGB"u8)
        || type.SequenceEqual("cHRM"u8) || type.SequenceEqual("iCCP"u8);
}
