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
            object? value = items.LastOrDefault(i => i.Key is string name && name == key).Value;
            if (value is PickleDictionary weights && HoldsTensors(weights, depth: 1))
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
        if (ReferenceEquals(value, except) || !HoldsTensors(value, depth))
            return;
        if (depth > MaxDepth)
            throw TooDeep();
        if (value is PickleObject made)
        {
            Collect(made.State, name, depth + 1, except, tensors);      // its attributes have no name of their own above them
            return;
        }
        foreach ((object? key, object? item) in Items(value))
        {
            if (steps++ == MaxSteps)
                throw file.Bad("its containers refer to each other too often to give every tensor a name");
            if (HoldsTensors(item, depth + 1))
                Collect(item, Join(name, key), depth + 1, except, tensors);
        }
    }

    string Join(string name, object? key)
    {
        string part = key is PickleGlobal type ? type.Name[(type.Name.LastIndexOf('.') + 1)..]
            : Text(key) ?? throw file.Bad(
                $"below '{name}' a tensor has {PickleStack.Describe(key)} for a name; expected a text or a number");
        if (name.Length + part.Length >= MaxNameLength)
            throw file.Bad($"a tensor has a name of more than {MaxNameLength} characters");
        return name.Length == 0 ? part : $"{name}.{part}";
    }

    void Add(PickleTensor tensor, string name, List<WeightsTensor> tensors)
    {
        bytes += Math.Min(tensor.ByteCount, long.MaxValue - bytes);
        if (bytes / MaxSharing > file.Length + SmallFileBytes)
        {
            throw file.Bad($"tensor '{name}' takes {tensor.ByteCount} bytes, all tensors up to it {bytes}, but the file has only " +
                $"{file.Length}; it repeats a few values too often");
        }
        if (!names.Add(name))
            throw file.Bad($"two tensors are named '{name}'");
        if (tensors.Count == MaxTensors)
            throw file.Bad($"it has more than {MaxTensors} tensors");
        tensors.Add(tensor.Named(name));
    }

    /// <summary>Whether a value is a tensor or has one in it. Each container is looked at once, however often it is referred to.</summary>
    bool HoldsTensors(object? value, int depth)
    {
        if (value is not IPickleContainer container)
            return value is PickleTensor;
        if (container.HoldsTensors is { } known)
            return known;
        if (depth > MaxDepth)
            throw TooDeep();
        container.HoldsTensors = false;     // a container that holds itself holds no tensor by that
        bool holds = false;
        foreach (object? item in container.Values)
            holds |= HoldsTensors(item, depth + 1);
        container.HoldsTensors = holds;
        return holds;
    }

    FileFormatException TooDeep() => file.Bad($"its containers lie more than {MaxDepth} deep in each other; no checkpoint does that");

    /// <summary>The values in a container by their names.</summary>
    static IEnumerable<KeyValuePair<object?, object?>> Items(object? value) => value switch
    {
        PickleDictionary dictionary => dictionary,
        PickleList list => Numbered(list),
        PickleTuple tuple => Numbered(tuple.Items),
        _ => [],
    };

    static IEnumerable<KeyValuePair<object?, object?>> Numbered(IReadOnlyList<object?> items)
        => items.Select((item, i) => KeyValuePair.Create((object?)(long)i, item));
}
