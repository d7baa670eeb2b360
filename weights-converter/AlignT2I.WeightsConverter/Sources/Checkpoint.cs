using System.Globalization;
using System.Numerics;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Sources.Pickles;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>Finds the tensors among the containers of a checkpoint and gives them names.</summary>
/// <param name="file">The file.</param>
/// <param name="root">What its pickle made.</param>
internal sealed class Checkpoint(SourceFile file, object? root)
{
    const int MaxTensors = 1 << 16, MaxNameLength = 256, MaxDepth = 64, MaxTextLength = 1000, MaxSteps = 1 << 22;

    /// <summary>Tensors may share storages, so their bytes together may pass the file's, but not by much more than this.</summary>
    const long MaxSharing = 8, SmallFileBytes = 16 << 20;

    /// <summary>Under which name the root of a checkpoint has its weights.</summary>
    static readonly string[] weightsKeys = ["state_dict", "model_state_dict", "module", "model"];

    /// <summary>Which containers have a tensor somewhere within; the others are never walked a second time.</summary>
    readonly Dictionary<object, bool> holdsTensors = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<string> names = new(StringComparer.Ordinal);
    long bytes;
    int steps;

    public WeightsContent Content(string format)
    {
        object? weights = Weights();
        var tensors = new List<WeightsTensor>();
        Collect(weights ?? root, "", depth: 0, except: null, tensors);
        names.Clear();
        var trainingState = new List<WeightsTensor>();
        if (weights is not null)
            Collect(root, "", depth: 0, except: weights, trainingState);
        return new WeightsContent(format, tensors, trainingState, Scalars());
    }

    object? Weights()
    {
        if (root is not PickleDictionary items)
            return null;
        foreach (string key in weightsKeys)
        {
            if (items.LastOrDefault(i => i.Key is string name && name == key).Value is PickleDictionary weights && HoldsTensors(weights, depth: 1))
                return weights;
        }
        return null;
    }

    /// <summary>Texts and numbers at the root.</summary>
    Dictionary<string, string> Scalars()
    {
        var scalars = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((object? key, object? value) in root as PickleDictionary ?? [])
        {
            if (key is string name && value is not null && Text(value) is { Length: <= MaxTextLength } text)
                scalars[name] = text;
        }
        return scalars;
    }

    /// <summary>A text or a number as text; null for anything else.</summary>
    static string? Text(object? value) => value switch
    {
        string text => text,
        bool or long or double or BigInteger => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    void Collect(object? value, string name, int depth, object? except, List<WeightsTensor> tensors)
    {
        if (value is PickleTensor tensor)
        {
            Add(tensor, name.Length > 0 ? name : "tensor", tensors);
            return;
        }
        if (value is null || ReferenceEquals(value, except) || !HoldsTensors(value, depth))
            return;
        if (depth > MaxDepth)
            throw TooDeep();
        foreach ((object? key, object? item) in Items(value))
        {
            if (steps++ == MaxSteps)
                throw file.Bad("its containers refer to each other too often to give every tensor a name");
            if (item is not null && HoldsTensors(item, depth + 1))
                Collect(item, Join(name, key), depth + 1, except, tensors);
        }
    }

    string Join(string name, object? key)
    {
        string part = key is PickleGlobal type ? type.Name[(type.Name.LastIndexOf('.') + 1)..]
            : Text(key) ?? throw file.Bad($"below '{name}' a tensor has {PickleStack.Describe(key)} for a name; expected a text or a number");
        if (name.Length + part.Length >= MaxNameLength)
            throw file.Bad($"a tensor has a name of more than {MaxNameLength} characters");
        return name.Length == 0 ? part : $"{name}.{part}";
    }

    void Add(PickleTensor tensor, string name, List<WeightsTensor> tensors)
    {
        bytes += Math.Min(tensor.ByteCount, long.MaxValue - bytes);
        if (bytes / MaxSharing > file.Length + SmallFileBytes)
        {
            throw file.Bad($"tensor '{name}' takes {tensor.ByteCount} bytes, all tensors up to it {bytes}, but the file has only {file.Length}; " +
                "it repeats a few values too often");
        }
        if (!names.Add(name))
            throw file.Bad($"two tensors are named '{name}'");
        if (tensors.Count == MaxTensors)
            throw file.Bad($"it has more than {MaxTensors} tensors");
        tensors.Add(tensor.Named(name));
    }

    /// <summary>Whether there is a tensor in a container or below it. Each is looked at once, however often it is referred to.</summary>
    bool HoldsTensors(object value, int depth)
    {
        if (value is not (PickleDictionary or PickleList or PickleTuple or PickleObject))
            return value is PickleTensor;
        if (holdsTensors.TryGetValue(value, out bool holds))
            return holds;
        if (depth > MaxDepth)
            throw TooDeep();
        holdsTensors.Add(value, false);     // a container that holds itself holds no tensor by that
        IEnumerable<object?> items = value is PickleObject made ? [made.State] : Items(value).Select(i => i.Value);
        foreach (object? item in items)
            holds |= item is not null && HoldsTensors(item, depth + 1);
        return holdsTensors[value] = holds;
    }

    FileFormatException TooDeep() => file.Bad($"its containers lie more than {MaxDepth} deep in each other; no checkpoint does that");

    static IEnumerable<KeyValuePair<object?, object?>> Items(object value) => value switch
    {
        PickleDictionary dictionary => dictionary,
        PickleList list => Numbered(list),
        PickleTuple tuple => Numbered(tuple.Items),
        PickleObject { State: { } state } => Items(state),
        _ => [],
    };

    static IEnumerable<KeyValuePair<object?, object?>> Numbered(IReadOnlyList<object?> items)
        => items.Select((item, i) => KeyValuePair.Create((object?)(long)i, item));
}
