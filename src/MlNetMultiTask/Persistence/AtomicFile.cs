namespace MlNetMultiTask.Persistence;

/// <summary>Writes files whole or not at all: beside the target first, flushed to the disk, then moved over it.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file; when writing fails, an older file of that name stays as it was.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
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
}
