using System.Globalization;
using static AlignT2I.Native.CudnnValues;

namespace AlignT2I.Native;

/// <summary>An engine of the library with its settings, written <c>index:knob=value,knob=value</c>.</summary>
internal static class CudnnEngine
{
    /// <summary>Room for a choice of every cudnnBackendKnobType_t, of which 9.22 has 46.</summary>
    const long MostKnobs = 64;

    /// <summary>Engines for a graph, the library's best guess first, without those that have one of the unwanted notes.</summary>
    public static List<string> Find(CudnnDescriptor graph, params ReadOnlySpan<int> unwantedNotes)
    {
        List<string> engines = [];
        foreach (int mode in (int[])[CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK])
        {
            using CudnnDescriptor heuristic = new(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
            heuristic.Set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
            heuristic.Set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, mode);
            if (heuristic.TryFinish() != 0)
                continue;       // no engine in this mode
            long count = heuristic.Count(CUDNN_ATTR_ENGINEHEUR_RESULTS);
            CudnnDescriptor[] results =
                heuristic.GetDescriptors(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR, count);
            foreach (CudnnDescriptor settings in results)
            {
                using (settings)
                {
                    if (Describe(settings, unwantedNotes) is { } engine && !engines.Contains(engine))
                        engines.Add(engine);
                }
            }
        }

        return engines;
    }

    /// <summary>Makes the settings that a text describes; null where the library does not take them. They belong to the graph.</summary>
    public static CudnnDescriptor? Parse(CudnnGraph owner, CudnnDescriptor graph, string text)
    {
        string[] parts = text.Split(':');
        CudnnDescriptor engine = owner.New(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
        engine.Set(CUDNN_ATTR_ENGINE_OPERATION_GRAPH, graph);
        engine.Set(CUDNN_ATTR_ENGINE_GLOBAL_INDEX, long.Parse(parts[0], CultureInfo.InvariantCulture));
        if (engine.TryFinish() != 0)
            return null;
        List<nint> choices = [];
        foreach (string knob in parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] choice = knob.Split('=');
            CudnnDescriptor descriptor = owner.New(CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR);
            descriptor.Set(CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE, int.Parse(choice[0], CultureInfo.InvariantCulture));
            descriptor.Set(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE, long.Parse(choice[1], CultureInfo.InvariantCulture));
            if (descriptor.TryFinish() != 0)
                return null;
            choices.Add(descriptor.Handle);
        }

        CudnnDescriptor settings = owner.New(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
        settings.Set(CUDNN_ATTR_ENGINECFG_ENGINE, engine);
        if (choices.Count > 0)
            settings.SetPointers(CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_TYPE_BACKEND_DESCRIPTOR, choices.ToArray());
        return settings.TryFinish() == 0 ? settings : null;
    }

    static string? Describe(CudnnDescriptor settings, ReadOnlySpan<int> unwantedNotes)
    {
        using CudnnDescriptor engine = settings.GetDescriptors(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR, 1)[0];
        Span<int> room = stackalloc int[32];
        if (engine.GetInts(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, room).ContainsAny(unwantedNotes))
            return null;
        List<string> knobs = [];
        CudnnDescriptor[] choices =
            settings.GetDescriptors(CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR, MostKnobs);
        foreach (CudnnDescriptor choice in choices)
        {
            using (choice)
            {
                int knob = choice.GetInt(CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE);
                knobs.Add(string.Create(CultureInfo.InvariantCulture, $"{knob}={choice.GetLong(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE)}"));
            }
        }

        long index = engine.GetLong(CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
        return string.Create(CultureInfo.InvariantCulture, $"{index}:{string.Join(',', knobs)}");
    }
}
