namespace ReferenceAssemblyTool;

/// <summary>Writes a file that others may be reading or writing at the same time.</summary>
internal static class OutputFile
{
    /// <summary>Writes beside the file and moves into place, so that no compiler ever sees half an assembly.</summary>
    public static void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
