import type { JsonSchema } from '../../src/program/program.ts';
import { isRecord } from '../../src/program/shape.ts';
import type { Value } from '../../src/program/value.ts';

export interface InputsFormProps {
  /** Before the ids of the fields. */
  readonly prefix: string;
  readonly schema: JsonSchema | undefined;
  readonly inputs: { readonly [name: string]: Value };
  readonly onChange: (inputs: { readonly [name: string]: Value }) => void;
}

interface Property {
  readonly type?: unknown;
  readonly enum?: unknown;
  readonly description?: unknown;
  readonly default?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
}

/** A field for every property of a JSON Schema; what no field fits is written as JSON. */
export function InputsForm({ prefix, schema, inputs, onChange }: InputsFormProps) {
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
  const required = isRecord(schema) && Array.isArray(schema.required) ? schema.required : [];
  const names = Object.keys(properties);
  return (
    <div class="inputs">
      {names.map((name) => (
        <Field
          key={name}
          id={`${prefix}-${name}`}
          name={name}
          property={(properties[name] ?? {}) as Property}
          required={required.includes(name)}
          value={inputs[name]}
          onChange={(value) => {
            const { [name]: _, ...others } = inputs;
            onChange(value === undefined ? others : { ...others, [name]: value });
          }}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  readonly id: string;
  readonly name: string;
  readonly property: Property;
  readonly required: boolean;
  readonly value: Value | undefined;
  readonly onChange: (value: Value | undefined) => void;
}

function Field({ id, name, property, required, value, onChange }: FieldProps) {
  const { type, description } = property;
  const hint = typeof description === 'string' ? description : undefined;
  const label = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const common = { id, name, required, title: hint, autocomplete: 'off' };
  const isChoice = Array.isArray(property.enum);
  const isNumber = type === 'integer' || type === 'number';
  if (type === 'boolean') {
    return (
      <label class="check">
        <input
          id={id}
          type="checkbox"
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        {label}
      </label>
    );
  }
  return (
    <label class={isNumber || isChoice ? 'narrow' : 'question'}>
      {label}
      {isChoice ? (
        <select
          id={id}
          value={String(value ?? property.default ?? '')}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {(property.enum as readonly unknown[]).map((each) => (
            <option key={String(each)} value={String(each)}>
              {String(each)}
            </option>
          ))}
        </select>
      ) : isNumber ? (
        <input
          {...common}
          type="number"
          step={type === 'integer' ? 1 : 'any'}
          {...(typeof property.minimum === 'number' && { min: property.minimum })}
          {...(typeof property.maximum === 'number' && { max: property.maximum })}
          value={value === undefined ? '' : String(value)}
          onInput={({ currentTarget: { value: text } }) => onChange(text === '' ? undefined : Number(text))}
        />
      ) : type === 'string' ? (
        <input {...common} value={String(value ?? '')} onInput={(event) => onChange(event.currentTarget.value)} />
      ) : (
        <input
          {...common}
          value={value === undefined ? '' : JSON.stringify(value)}
          placeholder="JSON"
          onChange={(event) => {
            event.currentTarget.setCustomValidity('');
            try {
              const { value: text } = event.currentTarget;
              onChange(text.trim() === '' ? undefined : (JSON.parse(text) as Value));
            } catch (thrown) {
              event.currentTarget.setCustomValidity(String((thrown as Error).message));
              event.currentTarget.reportValidity();
            }
          }}
        />
      )}
    </label>
  );
}
