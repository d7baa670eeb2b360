using System.Buffers.Binary;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Sources.Pickles;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>
/// What <c>torch.save</c> wrote before PyTorch 1.6: five pickles (magic number, protocol, sizes of the system, the object, the keys of
/// the storages), then each storage as its number of elements in 8 bytes and its values.
/// </summary>
/// <remarks>Source: pytorch/pytorch, torch/serialization.py, <c>_legacy_save</c>.</remarks>
internal sealed class PyTorchLegacy
{
    const int CountBytes = 8;
    const long NotFound = -1;
    const long Protocol = 1001;

    readonly SourceFile file;
    readonly Dictionary<string, PickleStorage> storages = new(StringComparer.Ordinal);

    PyTorchLegacy(SourceFile file) => this.file = file;

    /// <summary>The first bytes: a pickle of protocol 2 with the magic number.</summary>
    public static ReadOnlySpan<byte> Signature =>
        [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];

    public static WeightsContent Read(SourceFile file) => new PyTorchLegacy(file).Read();

    WeightsContent Read()
    {
        byte[] head = file.Read(0, (int)Math.Min(file.Length, PickleMachine.MaxBytes));
        var input = new PickleInput(file.Path, "the pickles at its start", head);
        PickleMachine.Load(ref input, storages: null);      // the magic number, which the caller has seen
        if (PickleMachine.Load(ref input, storages: null) is not Protocol)
            throw file.Bad($"it is of another version of PyTorch's legacy format than {Protocol}; save it again with a current PyTorch");
        PickleMachine.Load(ref input, storages: null);      // byte order and sizes of C types; values are always little-endian
        object? root = PickleMachine.Load(ref input, Storage);
        var keys = PickleMachine.Load(ref input, storages: null) as PickleList ?? throw file.Bad("the list of its storages is missing");
        FindStorages(keys, input.Position);
        return new Checkpoint(file, root).Content("PyTorch legacy");
    }

    /// <summary>
    /// The storage of a persistent id: ('storage', class, key, device, number of elements, None or (key, offset, size) of a view).
    /// </summary>
    PickleStorage Storage(PickleTuple id)
    {
        if (id.Items is not ["storage", PickleGlobal { DType: { } dtype } type, string key, _, long count, var view]
            || !PickleGlobals.IsStorage(type))
        {
            throw new PickleException("it describes a storage in a way that PyTorch's legacy format does not");
        }
        string said = $"storage '{key}' is said to have {count} elements of {dtype.Size()} bytes";
        if (count < 0 || count > file.Length / dtype.Size())
            throw new PickleException($"{said}; the file has {file.Length} bytes");
        if (!storages.TryGetValue(key, out PickleStorage? root))
        {
            var bytes = new WeightsStorage { FileOffset = NotFound, ByteLength = count * dtype.Size() };
            storages.Add(key, root = new PickleStorage(dtype, bytes, FirstElement: 0, count));
        }
        if (root.DType != dtype || root.ElementCount != count)
            throw new PickleException($"storage '{key}' is described twice, differently");
        if (view is null)
            return root;
        if (view is not PickleTuple { Items: [_, long offset, long size] } || offset < 0 || size < 0 || offset > count - size)
            throw new PickleException($"it describes a view of storage '{key}' that is not within its {count} elements");
        return root with { FirstElement = offset, ElementCount = size };
    }

    /// <summary>The values follow the pickles, in the order of the keys.</summary>
    void FindStorages(PickleList keys, long position)
    {
        foreach (object? item in keys)
        {
            if (item is not string key || !storages.TryGetValue(key, out PickleStorage? storage) || storage.Bytes.FileOffset != NotFound)
                throw file.Bad("the list of its storages names one twice, or one that no tensor uses");
            if (position > file.Length - CountBytes)
                throw file.Bad($"it ends where storage '{key}' should begin; it is cut off");
            long count = BinaryPrimitives.ReadInt64LittleEndian(file.Read(position, CountBytes));
            position += CountBytes;
            if (count != storage.ElementCount)
                throw file.Bad($"storage '{key}' has {count} elements before byte {position}, but the pickle says {storage.ElementCount}");
            long needed = storage.Bytes.ByteLength, left = file.Length - position;
            if (needed > left)
                throw file.Bad($"storage '{key}' needs {needed} bytes, but only {left} are left; the file is cut off");
            storage.Bytes.FileOffset = position;
            position += storage.Bytes.ByteLength;
        }
        if (storages.FirstOrDefault(s => s.Value.Bytes.FileOffset == NotFound) is { Key: { } missing })
            throw file.Bad($"storage '{missing}' is used by a tensor, but is not among those that follow");
    }
}
