import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';
import type { Me } from '@/api/me';
import type { Meta } from '@/meta/meta';
import type { Action, Entity, Row } from '@/meta/types';

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

export interface FeaturePage {
  path: string; // "/crm/pipeline"
  label: string; // key of a text: "crm:pipeline"
  icon: LucideIcon;
  module: string; // the page is there while it is on
  menu?: boolean; // false: reached from elsewhere
  group?: string; // of the menu; its module's if none
  shows?: (meta: Meta, me: Me) => boolean; // who has use for it
  load: Load<object>;
}

export interface RecordProps {
  entity: Entity;
  row: Row;
}

// RecordPart is a module's own part of the record page of an entity.
export interface RecordPart {
  entity: string; // "sales.order"
  key: string;
  label?: string; // of a tab; a part without one stands above the tabs
  first?: boolean; // the tab that a record opens with
  shows?: (me: Me) => boolean; // who has use for it
  rows?: (row: Row) => number; // how much room is kept for it while it comes
  load: Load<RecordProps>;
}

export interface ViewProps {
  entity: Entity;
  filters: Record<string, string>;
}

// ListView is another way to look at a list: a board, a calendar, a gantt.
export interface ListView {
  entity: string;
  key: string;
  label: string;
  icon: LucideIcon;
  load: Load<ViewProps>;
}

export interface DialogProps extends RecordProps {
  action: Action;
  onClose: (done?: Row) => void;
}

// ActionForm is a module's own dialog for an action of one of its entities.
export interface ActionForm {
  entity: string;
  action: string;
  load: Load<DialogProps>;
}

export interface HomeCard {
  key: string;
  module: string;
  label: string;
  roles?: string[]; // for whom it comes first
  lists?: string; // the entity whose records it lists: home doesn't list them again to those for whom it comes first
  shows?: (meta: Meta, me: Me) => boolean;
  quiet?: () => boolean; // it has likely nothing to say: nothing is shown until it has
  load: Load<object>;
}

export interface PaletteAction {
  key: string;
  label: string;
  icon: LucideIcon;
  to: string;
  shows?: (meta: Meta, me: Me) => boolean;
}

export interface BulkProps {
  entity: Entity;
  rows: Row[];
  onClose: (left?: Row[]) => void; // left: what was refused; none: it was given up
}

// BulkForm is a module's own dialog for many chosen records of an entity.
export interface BulkForm {
  entity: string;
  key: string;
  label: string;
  shows?: (meta: Meta) => boolean;
  load: Load<BulkProps>;
}

// Feature is what a folder of features/ adds to the app. Everything is optional.
export interface Feature {
  pages?: FeaturePage[];
  parts?: RecordPart[];
  views?: ListView[];
  dialogs?: ActionForm[];
  bulk?: BulkForm[];
  home?: HomeCard[];
  actions?: PaletteAction[];
}

// Features is everything that the folders of features/ add.
type Features = { [K in keyof Feature]-?: NonNullable<Feature[K]> };

const added: Features = { pages: [], parts: [], views: [], dialogs: [], bulk: [], home: [], actions: [] };

export function addFeatures(list: Feature[]) {
  for (const f of list) {
    added.pages.push(...(f.pages ?? []));
    added.parts.push(...(f.parts ?? []));
    added.views.push(...(f.views ?? []));
    added.dialogs.push(...(f.dialogs ?? []));
    added.bulk.push(...(f.bulk ?? []));
    added.home.push(...(f.home ?? []));
    added.actions.push(...(f.actions ?? []));
  }
}

export const all = <K extends keyof Features>(kind: K): Features[K] => added[kind];
