package main

import (
	"reflect"
	"strings"
)

// schema is a JSON schema, as far as a config file needs one.
type schema struct {
	Schema      string             `json:"$schema,omitzero"`
	Title       string             `json:"title,omitzero"`
	Description string             `json:"description,omitzero"`
	Type        string             `json:"type,omitzero"`
	Enum        []string           `json:"enum,omitempty"`
	Pattern     string             `json:"pattern,omitzero"`
	Default     any                `json:"default,omitzero"`
	Items       *schema            `json:"items,omitzero"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Additional  *bool              `json:"additionalProperties,omitzero"` //nolint:tagliatelle // JSON Schema's own word
}

// configSchema returns the JSON schema of a config file, from the keys and their Go types.
func configSchema() *schema {
	top := closedObject()
	top.Schema, top.Title = "https://json-schema.org/draft/2020-12/schema", "salesctl.yaml"
	for _, name := range sectionNames() {
		top.Properties[name] = closedObject()
	}
	for name, value := range defaultValues() {
		section, rest, _ := strings.Cut(name, ".")
		k, _ := findKey(name)
		property := typeSchema(k.Type)
		property.Description, property.Enum, property.Default = k.Usage, k.Values, value
		top.Properties[section].Properties[rest] = property
	}
	*top.Properties[lightgbmSection].Additional = true
	return top
}

func closedObject() *schema {
	return &schema{Type: "object", Properties: make(map[string]*schema), Additional: new(false)}
}

func typeSchema(t reflect.Type) *schema {
	if t == durationType() {
		return &schema{Type: "string", Pattern: durationPattern}
	}
	switch t.Kind() {
	case reflect.Slice:
		return &schema{Type: "array", Items: typeSchema(t.Elem())}
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Int:
		return &schema{Type: "integer"}
	case reflect.Float64:
		return &schema{Type: "number"}
	case reflect.Interface:
		return &schema{}
	default:
		return &schema{Type: "string"}
	}
}

// defaultValues returns the default of every key.
func defaultValues() map[string]any {
	c := defaultConfig()
	return c.values()
}
