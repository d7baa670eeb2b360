using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>The Python globals that a pickle of weights may name: all of them, and what each is. Everything else is refused.</summary>
internal static class PickleGlobals
{
    /// <summary>Modules of a TorchScript archive are objects of classes that the archive itself defines, under this package.</summary>
    const string TorchScriptClasses = "__torch__.";

    static readonly Dictionary<string, PickleGlobal> known = All().ToDictionary(g => g.Name, StringComparer.Ordinal);

    /// <summary>The global of this name, or null: then the file is to be refused.</summary>
    /// <param name="module">Module, such as <c>torch._utils</c>.</param>
    /// <param name="name">Name in the module.</param>
    public static PickleGlobal? Find(string module, string name)
    {
        string full = $"{module}.{name}";
        return known.TryGetValue(full, out PickleGlobal? global) ? global
            : full.StartsWith(TorchScriptClasses, StringComparison.Ordinal) ? new PickleGlobal(full, PickleUse.Object)
            : null;
    }

    static IEnumerable<PickleGlobal> All() => [.. Containers(), .. Tensors(), .. StorageClasses(), .. ElementTypes(), .. Inert()];

    static IEnumerable<PickleGlobal> Containers() =>
    [
        .. Of(PickleUse.Dictionary, "collections.OrderedDict", "collections.defaultdict", "collections.Counter"),
        .. Of(PickleUse.Sequence, "torch.Size", "__builtin__.set", "builtins.set", "__builtin__.frozenset", "builtins.frozenset"),
        .. Of(PickleUse.Sequence, "torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist"),
        .. Of(PickleUse.Sequence, "torch.jit._pickle.build_boollist", "torch.jit._pickle.build_tensorlist"),
        .. Of(PickleUse.Sequence, "torch.jit._pickle.restore_type_tag"),
        .. Of(PickleUse.Bytes, "_codecs.encode"),
    ];

    static IEnumerable<PickleGlobal> Tensors() =>
    [
        .. Of(PickleUse.Tensor, "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2"),
        .. Of(PickleUse.TypedTensor, "torch._utils._rebuild_tensor_v3"),
        .. Of(PickleUse.Parameter, "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"),
    ];

    /// <summary>What training leaves in checkpoints beside the weights: named, kept, never run.</summary>
    static IEnumerable<PickleGlobal> Inert() =>
    [
        .. Of(PickleUse.Object, "argparse.Namespace", "torch.device", "numpy.dtype"),
        .. Of(PickleUse.Object, "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar"),
        .. Of(PickleUse.Object, "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"),
        .. Of(PickleUse.Name, "numpy.ndarray", "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint"),
        .. Of(PickleUse.Name, "builtins.int", "builtins.float", "builtins.list", "builtins.dict"),
    ];

    static IEnumerable<PickleGlobal> StorageClasses() =>
    [
        .. new (string Name, SafetensorsDType DType)[]
        {
            ("Float", SafetensorsDType.Float32), ("Double", SafetensorsDType.Float64), ("Half", SafetensorsDType.Float16),
            ("BFloat16", SafetensorsDType.BFloat16), ("Long", SafetensorsDType.Int64), ("Int", SafetensorsDType.Int32),
            ("Short", SafetensorsDType.Int16), ("Char", SafetensorsDType.Int8), ("Byte", SafetensorsDType.UInt8),
            ("Bool", SafetensorsDType.Bool),
        }.Select(s => new PickleGlobal($"torch.{s.Name}Storage", PickleUse.Name, s.DType)),
        .. Of(PickleUse.Name, "torch.storage.UntypedStorage", "torch.UntypedStorage"),
    ];

    /// <summary>Whether this is a class of storages.</summary>
    public static bool IsStorage(PickleGlobal global) => global.Name.EndsWith("Storage", StringComparison.Ordinal);

    static IEnumerable<PickleGlobal> ElementTypes() => new (string Name, SafetensorsDType DType)[]
    {
        ("float32", SafetensorsDType.Float32), ("float64", SafetensorsDType.Float64), ("float16", SafetensorsDType.Float16),
        ("bfloat16", SafetensorsDType.BFloat16), ("float8_e4m3fn", SafetensorsDType.Float8E4M3),
        ("float8_e5m2", SafetensorsDType.Float8E5M2), ("int64", SafetensorsDType.Int64), ("int32", SafetensorsDType.Int32),
        ("int16", SafetensorsDType.Int16), ("int8", SafetensorsDType.Int8),
        ("uint64", SafetensorsDType.UInt64), ("uint32", SafetensorsDType.UInt32), ("uint16", SafetensorsDType.UInt16),
        ("uint8", SafetensorsDType.UInt8), ("bool", SafetensorsDType.Bool),
    }.Select(t => new PickleGlobal($"torch.{t.Name}", PickleUse.Name, t.DType));

    static IEnumerable<PickleGlobal> Of(PickleUse use, params string[] names) => names.Select(n => new PickleGlobal(n, use));
}
