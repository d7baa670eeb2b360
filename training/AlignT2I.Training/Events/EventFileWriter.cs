using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Events;

/// <summary>Writes figures and pictures of a training for TensorBoard; each is handed to the operating system at once.</summary>
/// <remarks>
/// A file of records: the length, its masked CRC-32C, the bytes of an <c>Event</c>, their masked CRC-32C
/// (tensorflow/tensorflow, core/lib/io/record_writer.h and core/util/event.proto). A training that goes on begins another file in the same
/// folder, and says at which step, so that TensorBoard drops what the interrupted one had written beyond it.
/// </remarks>
public sealed class EventFileWriter : IDisposable
{
    const string Version = "brain.Event:2";
    const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5, SessionLog = 7;             // fields of Event
    const int SummaryValue = 1, Tag = 1, SimpleValue = 2, ImageValue = 4;                       // of Summary and of Summary.Value
    const int Height = 1, Width = 2, Colorspace = 3, EncodedImage = 4;                          // of Summary.Image
    const int Status = 1, Start = 1;                                                            // of SessionLog

    readonly FileStream stream;
    readonly string path;

    EventFileWriter(string path, FileStream stream) => (this.path, this.stream) = (path, stream);

    /// <summary>Begins a file of its own in a folder.</summary>
    /// <param name="folder">The folder, one for each training; made if it is not there.</param>
    /// <param name="step">Steps done before: what other files of the folder say of later ones no longer counts.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static EventFileWriter Create(string folder, long step = 0)
    {
        RunFolder.Make(folder);
        for (int number = 0; ; number++)
        {
            string name = string.Create(
                CultureInfo.InvariantCulture, $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds():D10}.{number}");
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
                continue;
            try
            {
                var writer = new EventFileWriter(
                    path, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));
                writer.Write(new ProtoMessage().Double(WallTime, Now).Text(FileVersion, Version));
                writer.Write(Event(step).Message(SessionLog, new ProtoMessage().Integer(Status, Start)));
                return writer;
            }
            catch (Exception e) when (StorageException.Covers(e))
            {
                throw StorageException.From(e, path, "written");
            }
        }
    }

    /// <summary>Writes a figure; those that are not finite are left out.</summary>
    /// <param name="tag">What it is, as in <c>loss</c>.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="value">The figure.</param>
    /// <exception cref="StorageException">The disk is full or fails.</exception>
    public void Scalar(string tag, long step, double value)
    {
        if (double.IsFinite(value))
            Value(step, new ProtoMessage().Text(Tag, tag).Float(SimpleValue, (float)value));
    }

    /// <summary>Writes a picture.</summary>
    /// <param name="tag">What it is, as in <c>validation/a red cat</c>.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="image">The picture; it is written as PNG.</param>
    /// <exception cref="StorageException">The disk is full or fails.</exception>
    public void Picture(string tag, long step, Image image) => Value(step, new ProtoMessage().Text(Tag, tag).Message(
        ImageValue,
        new ProtoMessage().Integer(Height, image.Height).Integer(Width, image.Width).Integer(Colorspace, image.Channels)
            .Bytes(EncodedImage, Png.Encode(image))));

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();

    static double Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>The bits turned, and a constant added: sums of data that hold sums are weak (record_writer.h).</summary>
    internal static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }

    void Value(long step, ProtoMessage value) => Write(Event(step).Message(Summary, new ProtoMessage().Message(SummaryValue, value)));

    static ProtoMessage Event(long step) => new ProtoMessage().Double(WallTime, Now).Integer(Step, step);

    void Write(ProtoMessage message)
    {
        ReadOnlySpan<byte> data = message.Span;
        byte[] record = new byte[sizeof(ulong) + sizeof(uint) + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(ulong)), MaskedCrc(record.AsSpan(0, sizeof(ulong))));
        data.CopyTo(record.AsSpan(sizeof(ulong) + sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - sizeof(uint)), MaskedCrc(data));
        try
        {
            stream.Write(record);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "written");
        }
    }
}
