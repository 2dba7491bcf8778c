using System.Reflection;

namespace MlNetMultiTask.Tests.Architecture;

/// <summary>The library is built like a house: rooms that know only those below them. Read from the compiled assembly.</summary>
public sealed class ArchitectureTests
{
    private const string Source = "src/MlNetMultiTask";
    private const int MaximumNumberOfLines = 300;

    private static readonly Lazy<CompiledAssembly> _library = new(() => new CompiledAssembly(typeof(MultiTaskTransformer).Assembly.Location));

    private static readonly Lazy<IReadOnlyDictionary<string, string>> _roomOfType = new(() => Repository.Files(Source, "*.cs")
        .Select(path => path[(Source.Length + 1)..].Split('/'))
        .Select(parts => (Type: parts[^1].Split('.')[0], Room: parts.Length == 1 ? HouseRules.FrontDoor : parts[0]))
        .Distinct()
        .ToDictionary(file => file.Type, file => file.Room));

    [Fact]
    public void Every_folder_is_a_room_of_the_design() =>
        Assert.Empty(_roomOfType.Value.Values.Distinct().Except(HouseRules.Rooms.Keys).Except([HouseRules.FrontDoor]));

    /// <summary>A part of a type has the type's name and its own, as <c>Type.Part.cs</c>.</summary>
    [Fact]
    public void A_file_holds_one_type_and_is_named_after_it()
    {
        IEnumerable<string> types = _library.Value.Types.Where(type => !type.IsNested).Select(type => type.Name).Order(StringComparer.Ordinal);

        Assert.Equal(_roomOfType.Value.Keys.Order(StringComparer.Ordinal), types);
    }

    [Fact]
    public void Rooms_know_only_the_rooms_below_them() =>
        Assert.Empty(HouseRules.FindForbidden(_library.Value.Uses, _roomOfType.Value));

    [Fact]
    public void No_room_stands_on_itself() =>
        Assert.DoesNotContain(HouseRules.Rooms.Keys, room => HouseRules.Below(room).Contains(room));

    [Fact]
    public void Internal_types_have_the_namespace_of_their_room_and_public_ones_that_of_the_library()
    {
        // The runtime finds this attribute by its full name.
        const string RuntimeContract = "IgnoresAccessChecksToAttribute";
        IEnumerable<string> wrong = _library.Value.Types
            .Where(type => !type.IsNested && type.Name != RuntimeContract)
            .Where(type => type.Namespace != (type.IsPublic
                ? type.Name == "MLContextExtensions" ? "Microsoft.ML" : "MlNetMultiTask"
                : "MlNetMultiTask." + _roomOfType.Value[type.Name]))
            .Select(type => $"{type.Namespace}.{type.Name}");

        Assert.Empty(wrong);
    }

    [Fact]
    public void Classes_are_sealed_or_abstract() =>
        Assert.DoesNotContain(_library.Value.Types, type => !type.IsInterface && !type.IsAbstract && !type.IsSealed);

    [Fact]
    public void Only_Interop_uses_what_ML_NET_keeps_internal()
    {
        ILookup<bool, string> uses = FindInternalsOfMlNet(_library.Value).ToLookup(use => _roomOfType.Value[use.From] == "Interop", use => $"{use.From} uses {use.Member}");

        Assert.Empty(uses[false]);

        // The one room uses them indeed: so the search finds what it looks for.
        Assert.NotEmpty(uses[true]);
    }

    [Fact]
    public void Files_stay_short() =>
        Assert.DoesNotContain(Repository.Files(Source, "*.cs"), path => File.ReadLines(Repository.PathOf(path)).Count() >= MaximumNumberOfLines);

    [Theory]
    [InlineData("Balancing", "Networks")]
    [InlineData("Tasks", "Data")]
    [InlineData("Models", "Training")]
    [InlineData("Scoring", "Trainers")]
    [InlineData("Persistence", "Interop")]
    [InlineData("Tasks", HouseRules.FrontDoor)]
    public void A_forbidden_arrow_is_found(string from, string to)
    {
        var rooms = new Dictionary<string, string> { ["A"] = from, ["B"] = to };

        Assert.Equal([$"{from}/A uses {to}/B"], HouseRules.FindForbidden([("A", "B")], rooms));
    }

    [Theory]
    [InlineData("Trainers", "Training")]
    [InlineData("Trainers", "Data")]
    [InlineData("Reporting", "Interop")]
    [InlineData(HouseRules.FrontDoor, "Evaluation")]
    public void Arrows_are_allowed_through_rooms_in_between(string from, string to) => Assert.True(HouseRules.Allows(from, to));

    [Theory]
    [InlineData(nameof(Samples.UsesInBaseType))]
    [InlineData(nameof(Samples.UsesInField))]
    [InlineData(nameof(Samples.UsesInSignature))]
    [InlineData(nameof(Samples.UsesInBody))]
    [InlineData(nameof(Samples.UsesInClosure))]
    [InlineData(nameof(Samples.UsesInTypeArgument))]
    [InlineData(nameof(Samples.UsesInAttribute))]
    [InlineData(nameof(Samples.UsesInConstraint))]
    [InlineData(nameof(Samples.UsesInNestedType))]
    public void A_use_is_found_wherever_it_hides(string user)
    {
        using var tests = new CompiledAssembly(typeof(ArchitectureTests).Assembly.Location);

        Assert.Contains(tests.Uses, use => use.From == user && use.To == nameof(Samples.UsedAttribute));
    }

    private static IEnumerable<(string From, string Member)> FindInternalsOfMlNet(CompiledAssembly assembly)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach ((string from, string owner, string typeName, string? member, int parameters) in assembly.ExternalUses.Where(use => use.Assembly.StartsWith("Microsoft.ML", StringComparison.Ordinal)))
        {
            Type type = Assembly.Load(owner).GetType(typeName) ?? throw new InvalidOperationException($"{owner} has no type {typeName}.");
            bool visible = member is null
                ? type.IsVisible
                : type.GetMembers(Declared).Any(candidate => candidate.Name == member && IsVisible(candidate, parameters));
            if (!visible)
            {
                yield return (from, $"{typeName}.{member}");
            }
        }
    }

    private static bool IsVisible(MemberInfo member, int parameters) => member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && method.GetParameters().Length == parameters,
        FieldInfo field => field.IsPublic && parameters < 0,
        _ => false,
    };
}
