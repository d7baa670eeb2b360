using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>Tells the format of a file by its first bytes.</summary>
internal static class WeightsFormat
{
    const int HeadBytes = 512, TarMagicOffset = 257, SafetensorsBrace = 8;
    const byte Pickle = 0x80;

    public static WeightsContent Read(SourceFile file)
    {
        ReadOnlySpan<byte> head = file.Read(0, (int)Math.Min(file.Length, HeadBytes));
        if (head.StartsWith(ZipDirectory.Signature))
            return PyTorchZip.Read(file);
        if (head.StartsWith(PyTorchLegacy.Signature))
            return PyTorchLegacy.Read(file);
        if (head.Length > SafetensorsBrace && head[SafetensorsBrace] == '{')
            return SafetensorsWeights.Read(file);
        throw file.Bad(Unreadable(head));
    }

    /// <summary>What a file is that people take for weights, and what to do about it.</summary>
    static string Unreadable(ReadOnlySpan<byte> head)
    {
        if (head.Length == 0)
            return "it is empty; download or copy it again";
        if (head[0] == Pickle)
            return "it is a pickle, but not one in a container that PyTorch writes; get these weights as safetensors";
        if (head.StartsWith("version https://git-lfs"u8))
            return "it is a pointer of Git LFS, not the weights themselves; run 'git lfs pull' in its folder";
        if (head.TrimStart(" \t\r\n"u8).StartsWith("<"u8))
            return "it is a web page, not weights; the download failed: download it again, perhaps after logging in";
        if (head.StartsWith("GGUF"u8))
            return "it is a GGUF file, whose weights are quantized; get the weights as safetensors or as a PyTorch checkpoint";
        if (head.Length > TarMagicOffset + 5 && head.Slice(TarMagicOffset, 5).SequenceEqual("ustar"u8))
            return "it is a tar archive; unpack it, and convert what is in it";
        return "it begins as no format does that is read here: safetensors, or what PyTorch writes (.ckpt, .pt, .pth, .bin); " +
            "it is damaged or something else";
    }
}
