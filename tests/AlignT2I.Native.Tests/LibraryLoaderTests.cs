namespace AlignT2I.Native.Tests;

internal sealed class LibraryLoaderTests
{
    [Test]
    public void The_newest_version_in_the_named_folders_is_taken()
    {
        LoadedLibrary found = LibraryLoader.Load(SharedLibraries.CublasLt);
        Assert.That(found.Folder, Is.EqualTo(StandInLibraries.Folder));
        Assert.That(found.Version.Major, Is.EqualTo(13));
        Assert.That(LibraryLoader.Load(SharedLibraries.CublasLt), Is.SameAs(found));
    }

    [Test]
    public void A_missing_library_says_what_was_looked_for_where_and_what_to_do()
    {
        LibraryVersion[] versions = [new(2, "libnothing.so.2", "nothing2.dll"), new(1, "libnothing.so.1", "nothing1.dll")];
        SharedLibrary library = new("nothing", "Nothing", versions, "Install it.");
        Assert.That(LibraryLoader.TryLoad(library), Is.Null);
        string message = Assert.Throws<CudaUnavailableException>(() => LibraryLoader.Load(library))!.Message;
        Assert.That(message, Does.StartWith("Nothing was not found: looked for libnothing.so.2, libnothing.so.1 in "));
        Assert.That(message, Does.Contain(StandInLibraries.Folder).And.Contain("the system's library path").And.EndWith(" Install it."));
    }

    [Test]
    public void What_is_newer_than_the_driver_is_passed_over()
    {
        int? before = LibraryLoader.DriverMajor;
        LibraryLoader.DriverMajor = 12;
        string message = LibraryLoader.Describe(SharedLibraries.CublasLt);
        LibraryLoader.DriverMajor = before;
        Assert.That(message, Does.Contain("libcublasLt.so.12, libcublasLt.so.11").And.Not.Contain("so.13"));
    }
}
