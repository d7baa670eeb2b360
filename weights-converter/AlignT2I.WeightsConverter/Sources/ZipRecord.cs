namespace AlignT2I.WeightsConverter.Sources;

/// <summary>A file within a zip archive.</summary>
/// <param name="Name">Its path, such as <c>archive/data/0</c>.</param>
/// <param name="Offset">First byte of its data in the archive.</param>
/// <param name="StoredBytes">Bytes of its data in the archive.</param>
/// <param name="Bytes">Bytes of its content.</param>
/// <param name="Crc32">Checksum of its content.</param>
/// <param name="Deflated">Whether the data are compressed.</param>
internal sealed record ZipRecord(string Name, long Offset, long StoredBytes, long Bytes, uint Crc32, bool Deflated);
