using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.ML;
using ReferenceAssemblyTool;

namespace MlNetMultiTask.Tests.Build;

/// <summary>The tool that makes internal types of ML.NET visible to the compiler.</summary>
public sealed class AssemblyWidenerTests
{
    private const string SaveContext = "Microsoft.ML.ModelSaveContext";
    private const string LoadSignature = "Microsoft.ML.SignatureLoadModel";
    private const string ShapeColumn = "Microsoft.ML.SchemaShape+Column";

    private static readonly byte[] _core = File.ReadAllBytes(typeof(SchemaShape).Assembly.Location);

    [Fact]
    public void Internal_types_and_members_become_public()
    {
        var widened = AssemblyWidener.Widen(_core, [SaveContext, LoadSignature]);

        Assert.Empty(widened.Missing);
        Assert.StartsWith("Microsoft.ML.Core ", widened.AssemblyName, StringComparison.Ordinal);
        Assert.Equal(TypeAttributes.NotPublic, Access(_core, LoadSignature));
        Assert.Equal(TypeAttributes.Public, Access(widened.Image, LoadSignature));
        Assert.Equal(MethodAttributes.Assembly, MethodAccess(_core, SaveContext, "SetVersionInfo"));
        Assert.Equal(MethodAttributes.Public, MethodAccess(widened.Image, SaveContext, "SetVersionInfo"));
    }

    [Fact]
    public void Nested_types_are_named_with_a_plus()
    {
        var widened = AssemblyWidener.Widen(_core, [ShapeColumn]);

        Assert.Empty(widened.Missing);
        Assert.Equal(MethodAttributes.Assembly, MethodAccess(_core, ShapeColumn, ".ctor"));
        Assert.Equal(MethodAttributes.Public, MethodAccess(widened.Image, ShapeColumn, ".ctor"));
    }

    [Fact]
    public void Private_members_stay_private()
    {
        var before = PrivateMembers(_core, SaveContext);

        Assert.NotEmpty(before);
        Assert.Equal(before, PrivateMembers(AssemblyWidener.Widen(_core, [SaveContext]).Image, SaveContext));
    }

    [Fact]
    public void Types_that_are_not_named_stay_as_they_are()
    {
        var widened = AssemblyWidener.Widen(_core, [LoadSignature]).Image;

        Assert.Single(Enumerable.Range(0, _core.Length), i => _core[i] != widened[i]);
    }

    [Fact]
    public void Types_that_are_gone_are_reported()
    {
        var widened = AssemblyWidener.Widen(_core, [SaveContext, "Microsoft.ML.Gone", "Microsoft.ML.SchemaShape.Column"]);

        Assert.Equal(["Microsoft.ML.Gone", "Microsoft.ML.SchemaShape.Column"], widened.Missing.Order());
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_refused() =>
        Assert.Throws<BadImageFormatException>(() => AssemblyWidener.Widen(new byte[1000], [SaveContext]));

    [Fact]
    public void A_list_keeps_line_numbers_and_drops_comments()
    {
        var types = TypeList.Parse(["# heading", "", "  A.B  # why", "A.B+C"]);

        Assert.Equal([new ListedType("A.B", 3), new ListedType("A.B+C", 4)], types);
    }

    [Fact]
    public void A_list_without_types_is_refused() => Assert.Throws<FormatException>(() => TypeList.Parse(["# nothing", ""]));

    private static TypeAttributes Access(byte[] assembly, string type) =>
        Read(assembly, type, (_, definition) => definition.Attributes & TypeAttributes.VisibilityMask);

    private static MethodAttributes MethodAccess(byte[] assembly, string type, string method) =>
        Read(assembly, type, (metadata, definition) => definition.GetMethods()
            .Select(metadata.GetMethodDefinition)
            .First(candidate => metadata.GetString(candidate.Name) == method)
            .Attributes & MethodAttributes.MemberAccessMask);

    private static string[] PrivateMembers(byte[] assembly, string type) =>
        Read<string[]>(assembly, type, (metadata, definition) =>
        [
            .. definition.GetFields()
                .Select(metadata.GetFieldDefinition)
                .Where(field => (field.Attributes & FieldAttributes.FieldAccessMask) == FieldAttributes.Private)
                .Select(field => metadata.GetString(field.Name)),
            .. definition.GetMethods()
                .Select(metadata.GetMethodDefinition)
                .Where(method => (method.Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Private)
                .Select(method => metadata.GetString(method.Name)),
        ]);

    private static T Read<T>(byte[] assembly, string type, Func<MetadataReader, TypeDefinition, T> read)
    {
        using var file = new PEReader([.. assembly]);
        var metadata = file.GetMetadataReader();
        return read(metadata, metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Single(definition => Name(metadata, definition) == type));
    }

    private static string Name(MetadataReader metadata, TypeDefinition type)
    {
        var name = metadata.GetString(type.Name);
        return type.GetDeclaringType().IsNil
            ? $"{metadata.GetString(type.Namespace)}.{name}"
            : $"{Name(metadata, metadata.GetTypeDefinition(type.GetDeclaringType()))}+{name}";
    }
}
