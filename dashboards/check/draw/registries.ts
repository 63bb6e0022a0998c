// What Grafana's application registers at its start and its libraries expect: options of fields, transformations.
import {
  EventBusSrv,
  createTheme,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
} from '@grafana/data';
import * as runtime from '@grafana/runtime';
import { given } from './given';

const STANDARD = ['unit', 'min', 'max', 'decimals', 'displayName', 'color', 'noValue', 'links', 'mappings', 'thresholds', 'actions', 'filterable', 'fieldMinMax'];

const option = (id: string) => ({
  id,
  path: id,
  name: id,
  process: (value: any) => value,
  shouldApply: () => true,
  override: () => null,
  editor: () => null,
  settings: {},
});

export const theme = createTheme({ colors: { mode: given.theme } });

export function register(importPlugin: (id: string) => any): void {
  const api = runtime as any;
  api.config.theme2 = theme;
  standardFieldConfigEditorRegistry.setInit(() => STANDARD.map(option) as any);
  standardEditorsRegistry.setInit(() => ['text', 'number', 'boolean', 'select', 'radio'].map((id) => ({ id, name: id, editor: () => null })) as any);
  const transformers = [standardTransformers.organizeFieldsTransformer, standardTransformers.sortByTransformer];
  standardTransformersRegistry.setInit(
    () => transformers.map((one) => ({ id: one.id, name: one.name, editor: () => null, transformation: async () => one })) as any
  );
  api.setPluginImportUtils({
    importPanelPlugin: async (id: string) => importPlugin(id),
    getPanelPluginFromCache: importPlugin,
  });
  api.setAppEvents(new EventBusSrv());
  api.setTemplateSrv({ replace: (text: string) => text, getVariables: () => [], containsTemplate: () => false });
}
