using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ReferenceAssemblyTool;

/// <summary>A copy of an assembly for the compiler, and the names that were not found in it.</summary>
internal sealed record WidenedAssembly(string AssemblyName, byte[] Image, IReadOnlySet<string> Missing);

/// <summary>Makes chosen internal types of an assembly, and their internal members, public.</summary>
/// <remarks>
/// Accessibility is three bits in a column of fixed size in the tables TypeDef, Field and MethodDef, so the copy differs from the
/// original in those bits only. Private members stay private: the compiler would allow calls that break with any patch release.
/// </remarks>
internal static class AssemblyWidener
{
    // Columns of flags: the first of a TypeDef and of a Field row; behind RVA (4 bytes) and ImplFlags (2) in a MethodDef row.
    private const int TypeFlagsColumn = 0;
    private const int FieldFlagsColumn = 0;
    private const int MethodFlagsColumn = 6;

    public static WidenedAssembly Widen(ReadOnlySpan<byte> assembly, IEnumerable<string> typeNames)
    {
        var image = assembly.ToArray();
        using var file = new PEReader([.. image]);
        if (!file.HasMetadata)
        {
            throw new BadImageFormatException("it is not a .NET assembly.");
        }

        var metadata = file.GetMetadataReader();
        var types = metadata.TypeDefinitions.ToDictionary(handle => FullName(metadata, handle));
        HashSet<string> missing = [];
        foreach (var name in typeNames)
        {
            if (types.TryGetValue(name, out var handle))
            {
                WidenType(new Patch(image, metadata, file.PEHeaders.MetadataStartOffset), handle);
            }
            else
            {
                missing.Add(name);
            }
        }

        var identity = metadata.GetAssemblyDefinition();
        return new WidenedAssembly($"{metadata.GetString(identity.Name)} {identity.Version}", image, missing);
    }

    private static string FullName(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var name = metadata.GetString(type.Name);
        var outer = type.GetDeclaringType();
        if (!outer.IsNil)
        {
            return $"{FullName(metadata, outer)}+{name}";
        }

        return type.Namespace.IsNil ? name : $"{metadata.GetString(type.Namespace)}.{name}";
    }

    private static void WidenType(Patch patch, TypeDefinitionHandle handle)
    {
        patch.Apply(handle, TypeFlagsColumn, (int)TypeAttributes.VisibilityMask, access => (int)Widened((TypeAttributes)access));
        var type = patch.Metadata.GetTypeDefinition(handle);
        foreach (var field in type.GetFields())
        {
            patch.Apply(field, FieldFlagsColumn, (int)FieldAttributes.FieldAccessMask, access => (int)Widened((FieldAttributes)access));
        }

        foreach (var method in type.GetMethods())
        {
            patch.Apply(method, MethodFlagsColumn, (int)MethodAttributes.MemberAccessMask, access => (int)Widened((MethodAttributes)access));
        }
    }

    private static TypeAttributes Widened(TypeAttributes access) => access switch
    {
        TypeAttributes.NotPublic => TypeAttributes.Public,
        TypeAttributes.NestedAssembly or TypeAttributes.NestedFamORAssem => TypeAttributes.NestedPublic,
        TypeAttributes.NestedFamANDAssem => TypeAttributes.NestedFamily,
        _ => access,
    };

    private static FieldAttributes Widened(FieldAttributes access) => access switch
    {
        FieldAttributes.Assembly => FieldAttributes.Public,
        FieldAttributes.FamANDAssem => FieldAttributes.Family,
        _ => access,
    };

    private static MethodAttributes Widened(MethodAttributes access) => access switch
    {
        MethodAttributes.Assembly => MethodAttributes.Public,
        MethodAttributes.FamANDAssem => MethodAttributes.Family,
        _ => access,
    };

    /// <summary>Changes bits of the low 16 bits of a row's flags.</summary>
    private readonly record struct Patch(byte[] Image, MetadataReader Metadata, int MetadataStart)
    {
        public void Apply(EntityHandle row, int column, int mask, Func<int, int> change)
        {
            _ = MetadataTokens.TryGetTableIndex(row.Kind, out var table);
            var position = MetadataStart
                + Metadata.GetTableMetadataOffset(table)
                + ((MetadataTokens.GetRowNumber(row) - 1) * Metadata.GetTableRowSize(table))
                + column;
            var cell = Image.AsSpan(position, sizeof(ushort));
            int flags = BinaryPrimitives.ReadUInt16LittleEndian(cell);
            BinaryPrimitives.WriteUInt16LittleEndian(cell, (ushort)((flags & ~mask) | change(flags & mask)));
        }
    }
}
