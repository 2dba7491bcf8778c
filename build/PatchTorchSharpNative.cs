// Compiled twice: by MSBuild as an inline task (from build/ in the repository, from buildTransitive/ in the package), and into the
// tests, which define PATCH_LOGIC_ONLY to leave the task out. An inline task is one file, compiled against .NET Standard 2.0 by
// whatever compiler the MSBuild at hand has, Visual Studio's included: hence C# 7.3, no nullable annotations and no newer APIs here.
using System;
using System.Collections.Generic;
#if !PATCH_LOGIC_ONLY
using System.IO;
using System.Threading;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
#endif

namespace MlNetMultiTask.Build
{
    /// <summary>Turns one symbol version that an ELF library requires into one that it would merely like to have.</summary>
    /// <remarks>
    /// A shared library lists the symbol versions it needs of each other library in the section .gnu.version_r: a chain of
    /// Elf64_Verneed records, one for each library, each with its own chain of Elf64_Vernaux records, one for each version.
    /// The dynamic loader refuses to load the library when one of them is missing, unless VER_FLG_WEAK is set in vna_flags.
    /// Nothing in the file is trusted: each offset is checked against the file and against the table it points into, and the image
    /// changes only after all of the section has been read and found to be in order.
    /// </remarks>
    internal static class ElfVersionRequirement
    {
        private const int FileHeaderSize = 64;
        private const int SectionHeaderSize = 64;
        private const int RecordSize = 16; // Elf64_Verneed and Elf64_Vernaux alike
        private const ushort MachineX64 = 62;
        private const uint StringTable = 3; // SHT_STRTAB
        private const uint VersionRequirements = 0x6ffffffe; // SHT_GNU_verneed
        private const byte Weak = 0x2; // VER_FLG_WEAK

        /// <summary>Makes the requirement of <paramref name="version"/> weak, in place.</summary>
        /// <param name="image">The whole library file.</param>
        /// <param name="version">The name of the symbol version, such as GLIBCXX_3.4.32.</param>
        /// <param name="problem">Why the file could not be understood; empty when it could. With a problem, nothing is changed.</param>
        /// <returns>The number of entries changed: zero if the version is not required, or only weakly.</returns>
        public static int MakeWeak(byte[] image, string version, out string problem)
        {
            var flags = new List<int>();
            problem = Find(image, version, flags);
            if (problem.Length > 0)
            {
                return 0;
            }

            int changed = 0;
            foreach (int position in flags)
            {
                // vna_flags is a little-endian 16-bit word; the flag is in its first byte.
                if ((image[position] & Weak) == 0)
                {
                    image[position] |= Weak;
                    changed++;
                }
            }

            return changed;
        }

        /// <summary>Collects the positions of vna_flags in all entries of that name.</summary>
        private static string Find(byte[] image, string version, List<int> flags)
        {
            if (image.Length < FileHeaderSize || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F')
            {
                return "it is not an ELF file";
            }

            if (image[4] != 2 || image[5] != 1 || U16(image, 18) != MachineX64)
            {
                return "it is not a 64-bit little-endian x86-64 library";
            }

            ulong table = U64(image, 40);
            int sections = U16(image, 60);
            if (sections == 0 || U16(image, 58) != SectionHeaderSize || !Inside(table, (ulong)sections * SectionHeaderSize, image.Length))
            {
                return "its section table is missing or not where the header says";
            }

            int requirements = -1;
            for (int i = 0; i < sections; i++)
            {
                int header = (int)table + (i * SectionHeaderSize);
                if (U32(image, header + 4) != VersionRequirements)
                {
                    continue;
                }

                if (requirements >= 0)
                {
                    return "it has more than one section of version requirements";
                }

                requirements = header;
            }

            if (requirements < 0)
            {
                return ""; // it asks for no versions at all
            }

            uint link = U32(image, requirements + 40);
            if (link >= (uint)sections)
            {
                return "its version requirements name a string table that does not exist";
            }

            int strings = (int)table + ((int)link * SectionHeaderSize);
            if (U32(image, strings + 4) != StringTable)
            {
                return "its version requirements name a string table that is none";
            }

            if (!Inside(U64(image, requirements + 24), U64(image, requirements + 32), image.Length)
                || !Inside(U64(image, strings + 24), U64(image, strings + 32), image.Length))
            {
                return "its version requirements or their names lie outside the file";
            }

            return FindIn(
                image,
                new Range64(U64(image, requirements + 24), U64(image, requirements + 32)),
                new Range64(U64(image, strings + 24), U64(image, strings + 32)),
                U32(image, requirements + 44),
                version,
                flags);
        }

        private static string FindIn(byte[] image, Range64 section, Range64 strings, uint libraries, string version, List<int> flags)
        {
            if (libraries == 0 && section.Length > 0)
            {
                return "its version requirements are not laid out as expected";
            }

            // Offsets only go forward, and no more records are read than the section has room for: a damaged chain cannot run on.
            long room = section.Length / RecordSize;
            uint hash = Hash(version);
            long library = 0;
            for (uint i = 0; i < libraries; i++)
            {
                if (!Holds(section, library) || --room < 0 || U16(image, section.At(library)) != 1)
                {
                    return "its version requirements are not laid out as expected";
                }

                int versions = U16(image, section.At(library) + 2);
                long entry = library + U32(image, section.At(library) + 8);
                for (int j = 0; j < versions; j++)
                {
                    if (!Holds(section, entry) || --room < 0)
                    {
                        return "its version requirements are not laid out as expected";
                    }

                    int at = section.At(entry);
                    int same = Compare(image, strings, U32(image, at + 8), version);
                    if (same < 0)
                    {
                        return "the name of a required version lies outside the string table";
                    }

                    if (same > 0)
                    {
                        if (U32(image, at) != hash)
                        {
                            return "the hash of the version " + version + " does not fit its name";
                        }

                        flags.Add(at + 4);
                    }

                    uint nextEntry = U32(image, at + 12);
                    if (nextEntry == 0 && j + 1 < versions)
                    {
                        return "its version requirements end too early";
                    }

                    entry += nextEntry;
                }

                uint nextLibrary = U32(image, section.At(library) + 12);
                if (nextLibrary == 0 && i + 1 < libraries)
                {
                    return "its version requirements end too early";
                }

                library += nextLibrary;
            }

            return "";
        }

        /// <summary>Compares a name in the string table: 1 for equal, 0 for different, -1 for a name that is not wholly in the table.</summary>
        private static int Compare(byte[] image, Range64 strings, uint offset, string name)
        {
            for (int i = 0; i <= name.Length; i++)
            {
                if (offset + (long)i >= strings.Length)
                {
                    return -1;
                }

                byte found = image[strings.At(offset + (long)i)];
                byte expected = i < name.Length ? (byte)name[i] : (byte)0;
                if (found != expected)
                {
                    return 0;
                }
            }

            return 1;
        }

        /// <summary>The hash that the ELF specification defines for names.</summary>
        private static uint Hash(string name)
        {
            uint hash = 0;
            foreach (char c in name)
            {
                hash = unchecked((hash << 4) + (byte)c);
                uint high = hash & 0xf0000000;
                hash ^= high >> 24;
                hash &= ~high;
            }

            return hash;
        }

        private static bool Holds(Range64 section, long offset)
        {
            return offset <= section.Length - RecordSize;
        }

        private static bool Inside(ulong offset, ulong length, int fileLength)
        {
            return offset <= (ulong)fileLength && length <= (ulong)fileLength - offset;
        }

        private static ushort U16(byte[] image, int position)
        {
            return (ushort)(image[position] | (image[position + 1] << 8));
        }

        private static uint U32(byte[] image, int position)
        {
            return U16(image, position) | ((uint)U16(image, position + 2) << 16);
        }

        private static ulong U64(byte[] image, int position)
        {
            return U32(image, position) | ((ulong)U32(image, position + 4) << 32);
        }

        /// <summary>A part of the file that has been checked to lie inside it.</summary>
        private struct Range64
        {
            private readonly int _start;

            public Range64(ulong start, ulong length)
            {
                _start = (int)start;
                Length = (long)length;
            }

            public long Length { get; }

            public int At(long offset)
            {
                return _start + (int)offset;
            }
        }
    }

#if !PATCH_LOGIC_ONLY
    /// <summary>Writes copies of TorchSharp's native library for Linux that also load where libstdc++ is older than GCC 13's.</summary>
    /// <remarks>
    /// The library requires the symbol version GLIBCXX_3.4.32, but resolves no symbol of that version.
    /// A library without that requirement is copied as it is. One that is not understood is left alone, with the warning MNMT0001:
    /// it then loads where it would have loaded without this task.
    /// </remarks>
    public sealed class PatchTorchSharpNative : Task
    {
        private const string Version = "GLIBCXX_3.4.32";

        /// <summary>Gets or sets the libraries to read, each with the metadata PatchedPath: the file to write.</summary>
        [Required]
        public ITaskItem[] Libraries { get; set; }

        /// <inheritdoc />
        public override bool Execute()
        {
            foreach (ITaskItem library in Libraries)
            {
                string source = library.GetMetadata("FullPath");
                string target = library.GetMetadata("PatchedPath");
                try
                {
                    Patch(source, target);
                }
                catch (Exception e) when (e is IOException || e is UnauthorizedAccessException)
                {
                    Warn(source, e.Message.TrimEnd('.'));
                }
            }

            return true;
        }

        private void Patch(string source, string target)
        {
            byte[] image = File.ReadAllBytes(source);
            string problem;
            int changed = ElfVersionRequirement.MakeWeak(image, Version, out problem);
            if (problem.Length > 0)
            {
                File.Delete(target); // one made from an earlier source must not be taken for this one's
                Warn(source, problem);
                return;
            }

            Write(image, target);
            Log.LogMessage(
                MessageImportance.Low,
                changed > 0 ? "{0}: the requirement of {2} is weak in {1}." : "{0}: no strict requirement of {2}, copied as it is to {1}.",
                source,
                target,
                Version);
        }

        /// <summary>Writes beside the target and moves into place, so that no build ever sees half a library.</summary>
        private static void Write(byte[] image, string target)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target));
            string temporary = target + "." + Guid.NewGuid().ToString("N") + ".tmp";
            try
            {
                File.WriteAllBytes(temporary, image);
                for (int attempt = 1; ; attempt++)
                {
                    try
                    {
                        File.Delete(target);
                        File.Move(temporary, target);
                        return;
                    }
                    catch (IOException) when (attempt < 5)
                    {
                        Thread.Sleep(50 * attempt); // another build of the same project may be at the same file
                    }
                }
            }
            finally
            {
                File.Delete(temporary);
            }
        }

        private void Warn(string source, string reason)
        {
            Log.LogWarning(
                null,
                "MNMT0001",
                null,
                source,
                0,
                0,
                0,
                0,
                "The native library of TorchSharp is used as it is, since {0}. It may fail to load on Linux systems with a libstdc++ older "
                + "than GCC 13's, such as Debian 12 and Ubuntu 22.04. Set MlNetMultiTaskPatchNativeLibraries to false to skip this step.",
                reason);
        }
    }
#endif
}
