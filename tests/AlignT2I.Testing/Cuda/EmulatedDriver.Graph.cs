using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <content>Graphs: the recorded work, with the arguments it had.</content>
internal sealed partial class EmulatedDriver
{
    readonly HandleTable<(string What, Action Work)[]> graphs = new("graph");
    readonly HandleTable<(string What, Action Work)[]> executables = new("executable graph");

    /// <summary>Launches of graphs so far.</summary>
    public int GraphLaunches { get; private set; }

    public void BeginCapture(CudaStream stream)
    {
        RefuseCapture("cuStreamBeginCapture");
        if (stream.Handle == 0)
        {
            throw new CudaException(
                "cuStreamBeginCapture", 900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "the context's own stream cannot be captured");
        }

        Stream(stream).Capture = [];
    }

    public CudaGraph EndCapture(CudaStream stream)
    {
        EmulatedStream captured = Stream(stream);
        if (captured.Capture is not { } work)
            throw new EmulationException($"the capture of {captured} is ended, which is not captured.");
        captured.Capture = null;
        if (captured.CaptureBroken)
        {
            captured.CaptureBroken = false;
            throw new CudaException(
                "cuStreamEndCapture", 901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "a call during the capture was not allowed");
        }

        return new CudaGraph(graphs.Add([.. work]));
    }

    public CudaGraphExecutable Instantiate(CudaGraph graph)
    {
        RefuseCapture("cuGraphInstantiate");
        return new CudaGraphExecutable(executables.Add(graphs[graph.Handle]));
    }

    public void Launch(CudaGraphExecutable graph, CudaStream stream)
    {
        GraphLaunches++;
        foreach ((string what, Action work) in executables[graph.Handle])
            Stream(stream).Add(what, work);
    }

    public void DestroyGraph(CudaGraph graph) => graphs.Remove(graph.Handle);

    public void DestroyGraph(CudaGraphExecutable graph) => executables.Remove(graph.Handle);
}
