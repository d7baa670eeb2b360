using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.Training.Generation;

/// <summary>Writes images while the next are drawn: the PNG is renamed into place, then its line is added to the list.</summary>
internal sealed class ImageWriter : IDisposable
{
    const int MostWaiting = 64;

    readonly BlockingCollection<(ImageRecord Record, Image Image)> waiting = new(MostWaiting);
    readonly Action<ImageRecord, Image> write;
    readonly Task work;
    ExceptionDispatchInfo? failure;

    /// <param name="write">Writes one image; called by one thread, in the order of <see cref="Add"/>.</param>
    public ImageWriter(Action<ImageRecord, Image> write)
    {
        this.write = write;
        work = Task.Factory.StartNew(WriteAll, TaskCreationOptions.LongRunning);
    }

    /// <summary>Hands an image over; waits where many are not written yet.</summary>
    /// <exception cref="StorageException">An image before could not be written.</exception>
    public void Add(ImageRecord record, Image image)
    {
        failure?.Throw();
        waiting.Add((record, image));
    }

    /// <summary>Waits until everything is written.</summary>
    /// <exception cref="StorageException">An image could not be written.</exception>
    public void Finish()
    {
        Close();
        failure?.Throw();
    }

    /// <summary>Writes what was handed over and ends.</summary>
    public void Dispose()
    {
        Close();
        waiting.Dispose();
    }

    void Close()
    {
        if (!waiting.IsAddingCompleted)
            waiting.CompleteAdding();
        work.Wait();
    }

    void WriteAll()
    {
        foreach ((ImageRecord record, Image image) in waiting.GetConsumingEnumerable())
        {
            if (failure is not null)
                continue;       // who hands over must not wait for ever
            try
            {
                write(record, image);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
