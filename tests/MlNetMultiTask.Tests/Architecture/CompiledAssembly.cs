using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace MlNetMultiTask.Tests.Architecture;

/// <summary>
/// Which types of an assembly use which others, and which members of other assemblies, as compiled: base types,
/// interfaces, signatures, fields, attributes, generic arguments and constraints, locals, and all tokens of method
/// bodies. What the compiler makes of a type (closures, iterators) counts as that type; nested types as the outermost.
/// </summary>
internal sealed class CompiledAssembly : IDisposable
{
    private static readonly Dictionary<ushort, OpCode> _opCodes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => unchecked((ushort)code.Value));

    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    public CompiledAssembly(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
        Types = [.. _metadata.TypeDefinitions.Where(IsWritten).Select(Describe)];
        foreach (TypeDefinitionHandle handle in _metadata.TypeDefinitions.Where(IsWritten))
        {
            Read(handle);
        }
    }

    /// <summary>The types that somebody wrote, nested ones included.</summary>
    public IReadOnlyList<CompiledType> Types { get; }

    /// <summary>Uses of types of this assembly, from outermost type to outermost type.</summary>
    public HashSet<(string From, string To)> Uses { get; } = [];

    /// <summary>Uses of types and members (null: the type itself) of other assemblies, with the members' number of parameters (-1: a field).</summary>
    public HashSet<(string From, string Assembly, string Type, string? Member, int Parameters)> ExternalUses { get; } = [];

    public void Dispose() => _file.Dispose();

    private static bool IsCompilerMade(string name) => name.Contains('<', StringComparison.Ordinal);

    private static string WithoutArity(string name) => name.Split('`')[0];

    private CompiledType Describe(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        TypeAttributes visibility = type.Attributes & TypeAttributes.VisibilityMask;
        return new CompiledType(
            WithoutArity(_metadata.GetString(type.Name)),
            _metadata.GetString(_metadata.GetTypeDefinition(Outermost(handle)).Namespace),
            type.IsNested,
            visibility is TypeAttributes.Public or TypeAttributes.NestedPublic,
            (type.Attributes & TypeAttributes.ClassSemanticsMask) == TypeAttributes.Interface,
            type.Attributes.HasFlag(TypeAttributes.Abstract),
            type.Attributes.HasFlag(TypeAttributes.Sealed));
    }

    /// <summary>Neither the module's own type nor what compilers add to an assembly.</summary>
    private bool IsWritten(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(Outermost(handle));
        return !IsCompilerMade(_metadata.GetString(type.Name)) && _metadata.GetString(type.Namespace) != "Microsoft.CodeAnalysis";
    }

    private TypeDefinitionHandle Outermost(TypeDefinitionHandle handle)
    {
        while (_metadata.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } outer)
        {
            handle = outer;
        }

        return handle;
    }

    private string NameOf(TypeDefinitionHandle handle) => WithoutArity(_metadata.GetString(_metadata.GetTypeDefinition(Outermost(handle)).Name));

    private void Read(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        var collector = new Collector(this, NameOf(handle));
        collector.Visit(type.BaseType);
        collector.VisitAttributes(type.GetCustomAttributes());
        collector.VisitParameters(type.GetGenericParameters());
        foreach (InterfaceImplementationHandle implemented in type.GetInterfaceImplementations())
        {
            collector.Visit(_metadata.GetInterfaceImplementation(implemented).Interface);
        }

        foreach (FieldDefinitionHandle handleOfField in type.GetFields())
        {
            FieldDefinition field = _metadata.GetFieldDefinition(handleOfField);
            field.DecodeSignature(collector, null);
            collector.VisitAttributes(field.GetCustomAttributes());
        }

        foreach (PropertyDefinitionHandle property in type.GetProperties())
        {
            collector.VisitAttributes(_metadata.GetPropertyDefinition(property).GetCustomAttributes());
        }

        foreach (MethodDefinitionHandle handleOfMethod in type.GetMethods())
        {
            ReadMethod(_metadata.GetMethodDefinition(handleOfMethod), collector);
        }
    }

    private void ReadMethod(MethodDefinition method, Collector collector)
    {
        method.DecodeSignature(collector, null);
        collector.VisitAttributes(method.GetCustomAttributes());
        collector.VisitParameters(method.GetGenericParameters());
        foreach (ParameterHandle parameter in method.GetParameters())
        {
            collector.VisitAttributes(_metadata.GetParameter(parameter).GetCustomAttributes());
        }

        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        MethodBodyBlock body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(collector, null);
        }

        foreach (ExceptionRegion region in body.ExceptionRegions)
        {
            collector.Visit(region.CatchType);
        }

        ReadBody(body.GetILReader(), collector);
    }

    private static void ReadBody(BlobReader il, Collector collector)
    {
        while (il.RemainingBytes > 0)
        {
            ushort code = il.ReadByte();
            OpCode operation = _opCodes[code == 0xFE ? (ushort)(0xFE00 | il.ReadByte()) : code];
            switch (operation.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    collector.Visit(MetadataTokens.EntityHandle(il.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    // In two steps: the offset must be read after the count.
                    int targets = il.ReadInt32();
                    il.Offset += sizeof(int) * targets;
                    break;
                default:
                    il.Offset += operation.OperandType switch
                    {
                        OperandType.InlineNone => 0,
                        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                        OperandType.InlineVar => 2,
                        OperandType.InlineI8 or OperandType.InlineR => 8,
                        _ => 4,
                    };
                    break;
            }
        }
    }

    /// <summary>Notes what one type uses, from tokens and from signatures.</summary>
    private sealed class Collector(CompiledAssembly assembly, string from) : ISignatureTypeProvider<bool, object?>
    {
        private readonly MetadataReader _metadata = assembly._metadata;

        public void Visit(EntityHandle handle)
        {
            if (handle.IsNil)
            {
                return;
            }

            switch (handle.Kind)
            {
                case HandleKind.TypeDefinition:
                    AddDefinition((TypeDefinitionHandle)handle);
                    break;
                case HandleKind.TypeReference:
                    AddExternal((TypeReferenceHandle)handle, null, -1);
                    break;
                case HandleKind.TypeSpecification:
                    _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                    break;
                case HandleKind.MethodDefinition:
                    AddDefinition(_metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.FieldDefinition:
                    AddDefinition(_metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.MethodSpecification:
                    MethodSpecification specification = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                    specification.DecodeSignature(this, null);
                    Visit(specification.Method);
                    break;
                case HandleKind.MemberReference:
                    VisitMember(_metadata.GetMemberReference((MemberReferenceHandle)handle));
                    break;
            }
        }

        public void VisitAttributes(CustomAttributeHandleCollection attributes)
        {
            foreach (CustomAttributeHandle attribute in attributes)
            {
                Visit(_metadata.GetCustomAttribute(attribute).Constructor);
            }
        }

        public void VisitParameters(GenericParameterHandleCollection parameters)
        {
            foreach (GenericParameterHandle parameter in parameters)
            {
                foreach (GenericParameterConstraintHandle constraint in _metadata.GetGenericParameter(parameter).GetConstraints())
                {
                    Visit(_metadata.GetGenericParameterConstraint(constraint).Type);
                }
            }
        }

        public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            AddDefinition(handle);
            return true;
        }

        public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            AddExternal(handle, null, -1);
            return true;
        }

        public bool GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public bool GetArrayType(bool elementType, ArrayShape shape) => true;

        public bool GetByReferenceType(bool elementType) => true;

        public bool GetFunctionPointerType(MethodSignature<bool> signature) => true;

        public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => true;

        public bool GetGenericMethodParameter(object? genericContext, int index) => true;

        public bool GetGenericTypeParameter(object? genericContext, int index) => true;

        public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => true;

        public bool GetPinnedType(bool elementType) => true;

        public bool GetPointerType(bool elementType) => true;

        public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => true;

        public bool GetSZArrayType(bool elementType) => true;

        private void VisitMember(MemberReference member)
        {
            Visit(member.Parent);
            TypeReferenceHandle owner = member.Parent.Kind switch
            {
                HandleKind.TypeReference => (TypeReferenceHandle)member.Parent,
                HandleKind.TypeSpecification => GenericOwner(_metadata.GetTypeSpecification((TypeSpecificationHandle)member.Parent)),
                _ => default,
            };
            if (!owner.IsNil)
            {
                int parameters = member.GetKind() == MemberReferenceKind.Field ? -1 : member.DecodeMethodSignature(this, null).ParameterTypes.Length;
                AddExternal(owner, _metadata.GetString(member.Name), parameters);
            }
        }

        /// <summary>Of G&lt;X&gt;, the type G, if another assembly has it.</summary>
        private TypeReferenceHandle GenericOwner(TypeSpecification specification)
        {
            BlobReader blob = _metadata.GetBlobReader(specification.Signature);
            if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            {
                return default;
            }

            blob.ReadByte();
            EntityHandle generic = blob.ReadTypeHandle();
            return generic.Kind == HandleKind.TypeReference ? (TypeReferenceHandle)generic : default;
        }

        private void AddDefinition(TypeDefinitionHandle handle)
        {
            if (assembly.IsWritten(handle) && assembly.NameOf(handle) != from)
            {
                assembly.Uses.Add((from, assembly.NameOf(handle)));
            }
        }

        private void AddExternal(TypeReferenceHandle handle, string? member, int parameters)
        {
            TypeReference type = _metadata.GetTypeReference(handle);
            string name = _metadata.GetString(type.Name);
            while (type.ResolutionScope.Kind == HandleKind.TypeReference)
            {
                type = _metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
                name = $"{_metadata.GetString(type.Name)}+{name}";
            }

            string fullName = type.Namespace.IsNil ? name : $"{_metadata.GetString(type.Namespace)}.{name}";
            string owner = _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name);
            assembly.ExternalUses.Add((from, owner, fullName, member, parameters));
        }
    }
}
