using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>The images of a study: those of the run folder, and those that imported labels speak of.</summary>
internal sealed class Gallery
{
    readonly Dictionary<int, ImageRow> byId = [];
    readonly Dictionary<string, ImageRow> byFile = new(StringComparer.Ordinal);

    public IReadOnlyCollection<ImageRow> All => byId.Values;

    public ImageRow this[int id] => byId[id];

    public ImageRow? Find(int id) => byId.GetValueOrDefault(id);

    public ImageRow? Find(string file) => byFile.GetValueOrDefault(file);

    public void Restore(ImageRow image)
    {
        byId.Add(image.Id, image);
        byFile.Add(image.File, image);
    }

    /// <summary>Checks that an image can be stored, or is stored, with a prompt.</summary>
    /// <exception cref="UsageException">It is there with another prompt, its name is too long, or a NUL is in it.</exception>
    public void Check(string file, string prompt)
    {
        if (file.Length > StudyContext.FileChars)
            throw new UsageException(
                $"the image name {file[..40]}… has {file.Length} characters; at most {StudyContext.FileChars} are stored.");
        if (file.Contains('\0') || prompt.Contains('\0'))
            throw new UsageException($"the image {Printable.Text(file)} has a NUL character in its name or prompt, which is not stored.");
        if (byFile.TryGetValue(file, out ImageRow? found) && found.Prompt != prompt)
        {
            throw new UsageException($"{file} is stored for the prompt '{found.Prompt}', and now comes with '{prompt}'; "
                + "an image has one prompt: give the images of another run other names.");
        }
    }

    /// <summary>The image of a file, new where there is none.</summary>
    /// <param name="category">What its prompt tests; null where that is not known here.</param>
    /// <exception cref="UsageException">What <see cref="Check"/> says.</exception>
    public ImageRow Named(string file, string prompt, string? category, Journal journal)
    {
        Check(file, prompt);
        if (!byFile.TryGetValue(file, out ImageRow? image))
        {
            image = journal.Add(new ImageRow { Id = byId.Count + 1, File = file, Prompt = prompt, Category = category ?? "" });
            Restore(image);
        }
        else if (category is not null && image.Category != category)
        {
            image.Category = category;
            journal.Change(image);
        }
        return image;
    }

    /// <summary>Says what the right answer for an image is, or with null that it is no gold question.</summary>
    public void SetGold(ImageRow image, FeedbackLabel? answer, Journal journal)
    {
        image.Gold = answer;
        journal.Change(byId[image.Id]);
    }
}
