namespace MlNetMultiTask.Persistence;

/// <summary>Writes files whole or not at all: beside the target first, flushed to the disk, then moved over it.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file; when writing fails, an older file of that name stays as it was. A link stays, and its target is replaced; who may read an older file may read the new one, and nobody else.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="extension">How the name ends under which it is written; such a file stays only where a process was killed.</param>
    /// <exception cref="IOException">The folder is not there, or what is there is no file.</exception>
    public static void Write(string path, Action<Stream> write, string extension = ".tmp")
    {
        string target = Path.GetFullPath(path);
        var file = new FileInfo(target);
        target = file.LinkTarget is null ? target : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        string folder = Path.GetDirectoryName(target)!;
        RequireReplaceable(path, target, folder);
        string temporary = Path.Combine(folder, Path.GetRandomFileName() + extension);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                options.UnixCreateMode = File.GetUnixFileMode(target);
            }

            using (var stream = new FileStream(temporary, options))
            {
                if (options.UnixCreateMode is { } mode && !OperatingSystem.IsWindows())
                {
                    // The process's mask has taken some of it away.
                    File.SetUnixFileMode(stream.SafeFileHandle, mode);
                }

                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void RequireReplaceable(string path, string target, string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The file '{path}' can't be written: there is no folder '{folder}'.");
        }

        if (Directory.Exists(target))
        {
            throw new IOException($"The file '{path}' can't be written: a folder is there.");
        }

        // A device would be replaced by a file, for all programs of the machine.
        if (folder == "/dev")
        {
            throw new IOException($"The file '{path}' can't be written: that is a place for devices. Save to a stream instead.");
        }
    }
}
